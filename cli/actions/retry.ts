import { count } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import type { Client } from '@temporalio/client';
import { inTurn } from '../../activities/inTurn';
import { listRuns } from '../../client/runs/listRuns';
import { type RunRef, readFacts } from '../../client/runs/readRun';
import { intakeRule } from '../../workers/intake/rule';
import { askYes, checkTerminal } from '../confirm';
import { withBox } from '../dlq/box';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { printJson, printLines } from '../output';
import { planRedrive } from '../redrive';
import { describePlans, describeRetried, type PlannedRetry } from '../runs/describeRetries';
import { performRetry, type Retried } from '../runs/performRetry';
import { type FailedRun, retryOf, withoutCoveredBatches } from '../runs/planRetries';
import { resolveRun } from '../runs/resolve';
import { since } from '../runs/since';
import { withClient } from '../withClient';

export interface RetryOptions {
  readonly failed?: boolean;
  readonly since: string;
  readonly dataset?: string;
  readonly limit: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Lists what would start again, asks, and starts it. */
export async function retry(names: string[], options: RetryOptions): Promise<void> {
  const { failed = false, limit, yes, json } = options;
  if (names.length > 0 === failed) {
    const remedy = `List failed runs with: ${etlCommand('runs', '--failed')}`;
    throw new CliError('retry requires runs or --failed', remedy, cliExitCodes.usage);
  }
  await withClient((client) =>
    withBox(async ({ box, config, datasets, list }) => {
      const runs = await selected(client, names, options);
      const { groups } = await list(limit);
      const rule = { ...intakeRule(config), datasets };
      const plans: PlannedRetry[] = runs.map((run) => {
        const planned = retryOf(run, groups, ({ letter }) => planRedrive(letter, rule, config.rawBase));
        return { view: run.view, retry: planned };
      });
      const starts = plans.filter(({ retry: { kind } }) => kind !== 'none' && kind !== 'impossible');
      if (!json) printLines(describePlans(plans));
      if (!yes && starts.length > 0) {
        const message = `retry would start ${count(starts.length, 'run')}, but there is no terminal to ask for confirmation`;
        checkTerminal(message, json);
        if (!(await askYes(`Start ${count(starts.length, 'run')} again?`))) {
          printLines(['Nothing was started.']);
          process.exitCode = cliExitCodes.interrupted;
          return;
        }
      }
      const done: Retried[] = [];
      for (const { view, retry: planned } of plans) done.push(await performRetry(client, box, view, planned));
      if (json) printJson({ runs: done });
      else printLines(describeRetried(done));
      process.exitCode = exitCodeOf(done);
    }),
  );
}

/** Runs that are read from Temporal at a time. */
const readsAtATime = 16;

/** Returns the named runs, or all failed ones. */
async function selected(client: Client, names: readonly string[], options: RetryOptions): Promise<FailedRun[]> {
  const { failed, limit, dataset } = options;
  const filter = { failed: true, since: since(options.since), limit, ...(dataset !== undefined && { dataset }) };
  const refs: RunRef[] = failed ? [...withoutCoveredBatches((await listRuns(client, filter)).runs)] : [];
  for (const name of names) refs.push(await resolveRun(client, name));
  const unique = new Map(refs.map(({ workflowId }) => [workflowId, { workflowId }]));
  return inTurn([...unique.values()], readsAtATime, async (ref) => {
    // The newest run counts: the one that was named may have been retried.
    const facts = await readFacts(client, ref);
    return { facts, view: runViewOf(facts, etlCommand) };
  });
}

/** Returns 0 only if every run was started or finished, or needs neither. */
export function exitCodeOf(done: readonly Retried[]): number {
  const has = (...outcomes: Retried['outcome'][]) => done.some(({ outcome }) => outcomes.includes(outcome));
  if (has('impossible')) return exitCodes.badData;
  if (has('sinksFailed')) return cliExitCodes.failed;
  return has('running', 'failedAgain') ? exitCodes.tryAgain : exitCodes.done;
}
