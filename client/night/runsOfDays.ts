import type { ScheduleFact } from '@etl/pipeline/calendar/cell';
import { type BatchDay, isRunOf, workflowIdsOf } from '@etl/pipeline/calendar/runsOfDay';
import { workflowTypes } from '@etl/pipeline/definition';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import { factsOf } from '../runs/readRun';

/**
 * Days in one query. Temporal limits queries of visibility to ten a second for a namespace (dynamic configuration
 * `frontend.namespaceRPS.visibility`), so 200 days take 20 queries instead of 200.
 */
const daysPerQuery = 10;

/** Runs that are read at most for all days. */
export const maxRuns = 20_000;

/**
 * Returns the runs of these batches that Temporal retains: pipelines of their files and batches of files, also runs that
 * later runs of the same workflow ID have replaced.
 */
export async function runsOfDays(client: Client, days: readonly BatchDay[]): Promise<RunFacts[]> {
  const runs: RunFacts[] = [];
  for (let from = 0; from < days.length && runs.length < maxRuns; from += daysPerQuery) {
    const some = days.slice(from, from + daysPerQuery);
    for await (const info of client.workflow.list({ query: queryOf(some) })) {
      if (some.some((day) => isRunOf(day, info.workflowId))) runs.push(factsOf(info));
      if (runs.length >= maxRuns) break;
    }
  }
  return runs;
}

function queryOf(days: readonly BatchDay[]): string {
  const types = [workflowTypes.pipeline, workflowTypes.nightlyBatch].map(quoted).join(', ');
  const ids = days.flatMap(workflowIdsOf).map((id) => `WorkflowId STARTS_WITH ${quoted(id)}`);
  return `WorkflowType IN (${types}) AND ExecutionStatus != 'ContinuedAsNew' AND (${ids.join(' OR ')})`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Returns what Temporal knows about the schedule of a dataset, which has the name of the dataset. */
export async function scheduleFactOf(client: Client, dataset: string): Promise<ScheduleFact> {
  try {
    const { state, info } = await client.schedule.getHandle(dataset).describe();
    const lastStart = info.recentActions.at(-1)?.scheduledAt ?? info.createdAt;
    return {
      exists: true,
      createdAt: info.createdAt.getTime(),
      ...(state.paused && { pausedAfter: lastStart.getTime() }),
    };
  } catch (error) {
    if (error instanceof temporalClient().ScheduleNotFoundError) return { exists: false };
    throw error;
  }
}
