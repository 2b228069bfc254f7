import { workflowTypes } from '@etl/pipeline/definition';
import { type CommandText, hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { askStatus, factsOf } from './readRun';

/** Which runs to list. Absent fields select all. */
export interface RunFilter {
  /** Runs that ended without delivering and that no newer run of the same batch has followed. */
  readonly failed?: boolean;
  readonly running?: boolean;
  readonly since?: Date;
  readonly dataset?: string;
  readonly limit: number;
}

export interface RunList {
  /** The newest first. */
  readonly runs: readonly RunView[];
  /** Whether there may be more runs than the limit. */
  readonly isLimited: boolean;
}

/** Open runs that are queried at a time. */
const queriesAtATime = 16;

/** Lists runs from their memos, without their histories; open runs are queried for their step. */
export async function listRuns(client: Client, filter: RunFilter, command?: CommandText): Promise<RunList> {
  const runs: RunView[] = [];
  let page: WorkflowExecutionInfo[] = [];
  let isLimited = false;
  const take = async (): Promise<void> => {
    const views = await Promise.all(page.map((info) => viewOf(client, info, command)));
    const kept = await Promise.all(views.map(async (view) => ((await matches(client, filter, view)) ? [view] : [])));
    runs.push(...kept.flat());
    page = [];
  };
  for await (const info of client.workflow.list({ query: visibilityQuery(filter) })) {
    if (runs.length >= filter.limit) {
      isLimited = true;
      break;
    }
    page.push(info);
    if (page.length === queriesAtATime) await take();
  }
  await take();
  return { runs: runs.slice(0, filter.limit), isLimited: isLimited || runs.length > filter.limit };
}

const failedStatuses = ['Failed', 'Canceled', 'Terminated', 'TimedOut'];

/**
 * Returns the query of Temporal's visibility for a filter. What it does not express, `matches` selects: the only two
 * places that know how runs are found.
 */
export function visibilityQuery({ failed, running, since }: RunFilter): string {
  const quoted = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');
  const statuses = [...(failed ? failedStatuses : []), ...(running ? ['Running'] : [])];
  return [
    `WorkflowType IN (${quoted([workflowTypes.pipeline, workflowTypes.nightlyBatch])})`,
    statuses.length > 0 ? `ExecutionStatus IN (${quoted(statuses)})` : `ExecutionStatus != 'ContinuedAsNew'`,
    ...(since ? [`StartTime >= '${since.toISOString()}'`] : []),
  ].join(' AND ');
}

async function matches(client: Client, { failed, running, dataset }: RunFilter, view: RunView): Promise<boolean> {
  if (dataset !== undefined && view.batch.dataset !== dataset) return false;
  if (!failed || (running && !hasFailed(view))) return true;
  return isNewest(client, view);
}

/** Returns whether no newer run of the same workflow ID exists. */
async function isNewest(client: Client, { workflowId, runId }: RunView): Promise<boolean> {
  const newest = await client.workflow.getHandle(workflowId).describe();
  return newest.runId === runId;
}

async function viewOf(client: Client, info: WorkflowExecutionInfo, command?: CommandText): Promise<RunView> {
  const facts = factsOf(info);
  const asked = facts.endedAt === undefined ? await askStatus(client, facts) : {};
  return runViewOf({ ...facts, ...asked }, command);
}
