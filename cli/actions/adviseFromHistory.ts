import { CliError } from '@etl/lib/cliError';
import { rightSize, type SizeAdvice } from '@etl/pipeline/advice/rightSize';
import { openStore } from '@etl/storage/openStore';
import { parseConfig } from '../../config/environment';
import { priceTable } from '../../config/prices';
import { lastDays } from '../advise/dates';
import { histories } from '../advise/history';
import { type HistoryReport, sizeLines } from '../advise/sizeLines';
import { destinationUri } from '../arguments';
import { cliExitCodes } from '../errors';
import { printResult } from '../withClient';

export interface HistoryOptions {
  readonly dataset?: string;
  readonly out?: string;
  readonly days: number;
  readonly json?: boolean;
}

/** Prints the advised task size of each dataset, by the manifests of its batches. */
export async function adviseFromHistory({ dataset, out, days, json }: HistoryOptions): Promise<void> {
  const config = parseConfig(process.env);
  const prices = priceTable(config);
  const destination = out === undefined ? config.cleanBase : destinationUri(out);
  const { from, to } = lastDays(days);
  const datasets: SizeAdvice[] = [];
  const notAdvised: string[] = [];
  let [left, unreadable] = [0, 0];
  for await (const history of histories(openStore(), {
    destination,
    from,
    to,
    ...(dataset !== undefined && { dataset }),
  })) {
    const advice = rightSize(history.dataset, history.manifests, days, prices);
    if (advice) datasets.push(advice);
    else notAdvised.push(history.dataset);
    left += history.left;
    unreadable += history.unreadable;
  }
  if (datasets.length + notAdvised.length === 0) {
    const what = dataset === undefined ? 'no batch' : `no batch of ${dataset}`;
    const remedy = 'Give the destination of the batches with --out, or more days with --days';
    throw new CliError(`${what} from ${from} to ${to} below ${destination}`, remedy, cliExitCodes.noInput);
  }
  const { region, date } = prices;
  const report: HistoryReport = {
    version: 1,
    ...{ destination, from, to },
    prices: { region, date },
    ...{ datasets, notAdvised, left, unreadable },
  };
  printResult(json, report, sizeLines(report));
}
