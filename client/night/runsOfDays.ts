import type { ScheduleFact } from '@etl/pipeline/calendar/cell';
import { type BatchDay, RunsByDay, workflowIdsOf } from '@etl/pipeline/calendar/runsOfDay';
import { workflowTypes } from '@etl/pipeline/definition';
import { batchesOfRuns } from '@etl/pipeline/runs/batchesOfRuns';
import { batchOfRun } from '@etl/pipeline/runs/batchOfRun';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import { askStatus, factsOf } from '../runs/readRun';

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
    const query = queryOf(days.slice(from, from + daysPerQuery));
    for await (const info of client.workflow.list({ query })) {
      runs.push(factsOf(info));
      if (runs.length >= maxRuns) break;
    }
  }
  const byDay = new RunsByDay(runs);
  return days.flatMap((day) => byDay.of(day));
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

/** Hours before now in which `recentRuns` looks for runs, and how many it reads at most. */
const recentHours = 26;
const maxRecentRuns = 1000;

/**
 * Returns the runs of files that started recently, the newest first. Open runs whose workflow ID does not show their batch
 * are asked for it. `now`: milliseconds since the epoch.
 */
export async function recentRuns(client: Client, now: number): Promise<RunFacts[]> {
  const since = new Date(now - recentHours * 3_600_000).toISOString();
  const query = `WorkflowType = ${quoted(workflowTypes.pipeline)} AND StartTime >= ${quoted(since)}`;
  const runs: RunFacts[] = [];
  for await (const info of client.workflow.list({ query })) {
    runs.push(factsOf(info));
    if (runs.length >= maxRecentRuns) break;
  }
  const isUnknown = (run: RunFacts) => run.endedAt === undefined && batchOfRun(run).dataset === undefined;
  const answered = await withAnswers(client, runs.filter(isUnknown).slice(0, askedAtATime));
  const byId = new Map(answered.map((run) => [run.runId, run]));
  return runs.map((run) => byId.get(run.runId) ?? run);
}

/** Returns the batches of runs, in their order. */
export function daysOf(runs: readonly RunFacts[]): BatchDay[] {
  const days = new Map<string, BatchDay>();
  for (const { dataset, batchDate } of batchesOfRuns(runs)) {
    if (dataset !== undefined && batchDate !== undefined) days.set(`${dataset}/${batchDate}`, { dataset, batchDate });
  }
  return [...days.values()];
}

/** Open runs that are asked for their status, and how many at a time. */
const maxAsked = 64;
const askedAtATime = 16;

/**
 * Adds the answers of open runs to the query `status`: only the run knows whether it is held. If a run does not answer,
 * no worker may be running, so the others are not asked.
 */
export async function withAnswers(client: Client, runs: readonly RunFacts[]): Promise<RunFacts[]> {
  const open = runs.filter(({ endedAt, answer }) => endedAt === undefined && answer === undefined).slice(0, maxAsked);
  const answers = new Map<string, Awaited<ReturnType<typeof askStatus>>>();
  for (let from = 0; from < open.length; from += askedAtATime) {
    const some = open.slice(from, from + askedAtATime);
    const asked = await Promise.all(some.map((run) => askStatus(client, run)));
    for (const [index, run] of some.entries()) answers.set(run.runId, asked[index] ?? {});
    if (asked.every(({ isUnanswered }) => isUnanswered)) break;
  }
  return runs.map((run) => ({ ...run, ...answers.get(run.runId) }));
}
