import { number } from '@etl/lib/amounts';
import type { SizeAdvice } from '@etl/pipeline/advice/rightSize';
import { describeTaskSize } from '@etl/pipeline/advice/workload';
import { dollars } from '../dollars';
import { etlCommand } from '../hints';
import { tableLines } from '../table';

export interface HistoryReport {
  readonly version: 1;
  readonly destination: string;
  readonly from: string;
  readonly to: string;
  readonly prices: { readonly region: string; readonly date: string };
  readonly datasets: readonly SizeAdvice[];
  /** Datasets without a run in which one task converted the whole file. */
  readonly notAdvised: readonly string[];
  /** Number of batches that were not read, because only the latest 200 of a dataset are read. */
  readonly left: number;
  /** Number of batches whose newest commit is unreadable. */
  readonly unreadable: number;
}

/** Returns the text output of `etl advise --from-history`. */
export function sizeLines(report: HistoryReport): string[] {
  const { destination, from, to, prices, datasets, notAdvised, left, unreadable } = report;
  return [
    `Batches: ${from} to ${to}, below ${destination}`,
    `Prices:  ${prices.region}, ${prices.date}, on demand, a month of 30 days`,
    ...(datasets.length === 0
      ? []
      : [
          '',
          ...tableLines([
            ['Dataset', 'Runs', 'Now', 'Advice', 'Saving/month', 'Confidence', ''],
            ...datasets.map(rowOf),
          ]),
        ]),
    ...(notAdvised.length > 0
      ? ['', `No advice: ${notAdvised.join(', ')}: no run in which one task converted the whole file`]
      : []),
    ...(left > 0 ? ['', `Not read: ${number(left)} earlier batches`] : []),
    ...(unreadable > 0 ? [`Unreadable commits: ${unreadable}; find them with: ${etlCommand('doctor')}`] : []),
  ];
}

const rowOf = (advice: SizeAdvice): string[] => {
  const { dataset, runs, current, proposed, savingMonthUsd, confidence, reason } = advice;
  const size = (of: SizeAdvice['current']): string => (of ? describeTaskSize(of) : '-');
  return [dataset, String(runs), size(current), size(proposed), dollars(savingMonthUsd), confidence, reason];
};
