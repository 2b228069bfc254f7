import { count, number } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { type CostGroup, costReport } from '@etl/pipeline/costs/costReport';
import type { RunRecord } from '@etl/pipeline/costs/runCost';
import { openStore } from '@etl/storage/openStore';
import { type Config, parseConfig } from '../../config/environment';
import { priceTable } from '../../config/prices';
import { lastDays } from '../advise/dates';
import { histories } from '../advise/history';
import { destinationUri } from '../arguments';
import { hasSize, recordOfCommit } from '../cost/commits';
import { type CostOutput, costLines } from '../cost/lines';
import { maxRuns, readRuns } from '../cost/runs';
import { cliExitCodes } from '../errors';
import { printResult, withClient } from '../withClient';

export interface CostOptions {
  readonly from: string;
  readonly to?: string;
  readonly by: CostGroup;
  readonly commits?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

interface Days {
  readonly from: string;
  readonly to: string;
}

/** Prints the cost of runs, by group. */
export async function cost({ from, to = lastDays(1).to, by, commits, out, json }: CostOptions): Promise<void> {
  if (to < from)
    throw new CliError(`--to ${to} is before --from ${from}`, 'Give the earlier day as --from', cliExitCodes.usage);
  const config = parseConfig(process.env);
  const prices = priceTable(config);
  const days = { from, to };
  const { runs, notes } = await (commits ? fromCommits(config, out, days) : fromServer(days));
  const output: CostOutput = {
    version: 1,
    source: commits ? 'commits' : 'runs',
    ...days,
    by,
    prices: { region: prices.region, date: prices.date },
    ...costReport(runs, by, prices),
    notes,
  };
  printResult(json, output, costLines(output));
}

interface Records {
  readonly runs: readonly RunRecord[];
  readonly notes: readonly string[];
}

async function fromServer(days: Days): Promise<Records> {
  const { runs, withoutRecord, open, limited } = await withClient((client) => readRuns(client, days));
  const unestimated = runs.filter(({ estimateUsd }) => estimateUsd === undefined).length;
  const notes = [
    ...counted(unestimated, 'without an estimate: not in the difference'),
    ...counted(open, 'still open: not included'),
    ...counted(withoutRecord, 'without a record of launches, such as terminated runs: not included'),
    ...(limited ? [`there are more than ${number(maxRuns)} runs: give fewer days`] : []),
  ];
  return { runs, notes };
}

async function fromCommits(config: Config, out: string | undefined, days: Days): Promise<Records> {
  const destination = out === undefined ? config.cleanBase : destinationUri(out);
  const runs: RunRecord[] = [];
  let [unpriced, left, unreadable] = [0, 0, 0];
  for await (const history of histories(openStore(), { destination, ...days })) {
    runs.push(...history.manifests.map(recordOfCommit));
    unpriced += history.manifests.filter((manifest) => !hasSize(manifest)).length;
    left += history.left;
    unreadable += history.unreadable;
  }
  const notes = [
    'a commit has neither the estimate of its run nor its failed launches; it is priced on demand',
    ...counted(unpriced, 'on a machine that is not a Fargate size: counted as $0'),
    ...counted(left, 'earlier in the period: not included; give fewer days'),
    ...counted(unreadable, 'with an unreadable commit: not included'),
  ];
  return { runs, notes };
}

const counted = (runs: number, what: string): string[] => (runs > 0 ? [`${count(runs, 'run')} ${what}`] : []);
