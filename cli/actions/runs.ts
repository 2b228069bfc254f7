import { listRuns } from '../../client/runs/listRuns';
import { etlCommand } from '../hints';
import { describeRuns } from '../runs/describeRuns';
import { since } from '../runs/since';
import { printResult, withClient } from '../withClient';

export interface RunsOptions {
  readonly failed?: boolean;
  readonly running?: boolean;
  readonly since: string;
  readonly dataset?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Lists runs: those that need an operator first, each with its failure and the next command. */
export async function runs({ since: text, json, ...filter }: RunsOptions): Promise<void> {
  const from = since(text);
  await withClient(async (client) => {
    const list = await listRuns(client, { ...filter, since: from }, etlCommand);
    const shown = { since: from, limit: filter.limit, columns: process.stdout.columns, now: Date.now() };
    printResult(json, { since: from.toISOString(), ...list }, describeRuns(list, shown));
  });
}
