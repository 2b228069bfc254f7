import { number } from '@etl/lib/amounts';
import type { CostGroup, CostReport, CostRow } from '@etl/pipeline/costs/costReport';
import { dollars } from '../dollars';
import { tableLines } from '../table';

/** Output of `etl cost --json`. */
export interface CostOutput extends CostReport {
  readonly version: 1;
  /** `runs`: launches of the runs that the server lists; `commits`: the launches that committed batches. */
  readonly source: 'runs' | 'commits';
  readonly from: string;
  readonly to: string;
  readonly by: CostGroup;
  readonly prices: { readonly region: string; readonly date: string };
  /** What the report does not include, one sentence each. */
  readonly notes: readonly string[];
}

/** Returns the text output of `etl cost`. */
export function costLines({ source, from, to, by, prices, rows, total, notes }: CostOutput): string[] {
  const what = source === 'runs' ? 'Runs started' : 'Batches of';
  return [
    `${what} ${from} to ${to}, UTC; prices of ${prices.region}, ${prices.date}`,
    '',
    ...tableLines([
      [capital(by), 'Runs', 'Launches', 'Estimate', 'Actual', 'Difference', 'Waste'],
      ...[...rows, total].map(cellsOf),
    ]),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `Note: ${note}`)] : []),
  ];
}

function cellsOf(row: CostRow): string[] {
  const { key, runs, launches, withoutEstimate, estimateUsd, actualUsd, differenceUsd, wasteUsd } = row;
  const isEstimated = runs > withoutEstimate;
  const usd = [isEstimated ? estimateUsd : null, actualUsd, isEstimated ? differenceUsd : null, wasteUsd];
  return [key, number(runs), number(launches), ...usd.map((each) => dollars(each, 4))];
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
