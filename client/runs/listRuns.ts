import type { CommandText } from '@etl/pipeline/command';
import { workflowTypes } from '@etl/pipeline/definition';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { askStatus, factsOf, readInput } from './readRun';

/** Which runs to list. Without `failed` and `running`, all. */
export interface RunFilter {
  /** Runs that ended without delivering. */
  readonly failed?: boolean;
  /** Open runs. */
  readonly running?: boolean;
  /** Only runs that are open, or ended since then. */
  readonly since: Date;
  readonly dataset?: string;
  readonly limit: number;
}

export interface RunList {
  /** Failed and open runs first. A run that failed and was followed by a newer run of its batch is not among them. */
  readonly runs: readonly RunView[];
  /** Failed runs that a newer run of the same batch followed. */
  readonly earlier: readonly RunView[];
  /** Whether there may be more runs than the limit. */
  readonly isLimited: boolean;
}

/** Runs that are read at a time. */
const readsAtATime = 16;

const failedStatuses = ['Failed', 'Canceled', 'Terminated', 'TimedOut'];

/** Lists runs from their memos. Queries open runs for their step, and reads the input of failed runs for the next command. */
export async function listRuns(client: Client, filter: RunFilter, command?: CommandText): Promise<RunList> {
  const { failed, running, dataset, limit } = filter;
  const isAll = !failed && !running;
  const urgent = [...(failed || isAll ? failedStatuses : []), ...(running || isAll ? ['Running'] : [])];
  const runs: RunView[] = [];
  const earlier: RunView[] = [];
  let isLimited = false;
  // Delivered runs are many, and must not displace the others.
  for (const statuses of [urgent, ...(isAll ? [['Completed']] : [])]) {
    for await (const page of pagesOf(client.workflow.list({ query: visibilityQuery(filter, statuses) }))) {
      if (runs.length >= limit) {
        isLimited = true;
        break;
      }
      const views = await Promise.all(page.map((info) => viewOf(client, info, command)));
      const kept = views.filter((view) => dataset === undefined || view.batch.dataset === dataset);
      const areNewest = await Promise.all(kept.map((view) => !hasFailed(view) || isNewest(client, view)));
      earlier.push(...kept.filter((_, index) => !areNewest[index]));
      const newest = kept.filter((_, index) => areNewest[index]);
      runs.push(...(await Promise.all(newest.map((view) => withCommand(client, view, page, command)))));
    }
  }
  return { runs: runs.slice(0, limit), earlier, isLimited: isLimited || runs.length > limit };
}

/**
 * Returns the query of Temporal's visibility. What it cannot express, `listRuns` selects: there is no other place that
 * knows how runs are found.
 */
function visibilityQuery({ since }: RunFilter, statuses: readonly string[]): string {
  const quoted = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');
  return [
    `WorkflowType IN (${quoted([workflowTypes.pipeline, workflowTypes.nightlyBatch])})`,
    `ExecutionStatus IN (${quoted(statuses)})`,
    `(CloseTime >= '${since.toISOString()}' OR ExecutionStatus = 'Running')`,
  ].join(' AND ');
}

async function* pagesOf(list: AsyncIterable<WorkflowExecutionInfo>): AsyncIterable<WorkflowExecutionInfo[]> {
  let page: WorkflowExecutionInfo[] = [];
  for await (const info of list) {
    page.push(info);
    if (page.length < readsAtATime) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Returns whether no newer run of the same workflow ID exists. */
async function isNewest(client: Client, { workflowId, runId }: RunView): Promise<boolean> {
  const newest = await client.workflow.getHandle(workflowId).describe();
  return newest.runId === runId;
}

async function viewOf(client: Client, info: WorkflowExecutionInfo, command?: CommandText): Promise<RunView> {
  const facts = factsOf(info);
  if (facts.endedAt === undefined) return runViewOf({ ...facts, ...(await askStatus(client, facts)) }, command);
  return runViewOf(facts, command);
}

/** Returns the view of a failed pipeline with its input, which the next command may repeat. */
async function withCommand(
  client: Client,
  view: RunView,
  page: readonly WorkflowExecutionInfo[],
  command?: CommandText,
): Promise<RunView> {
  const info = page.find(({ runId }) => runId === view.runId);
  if (!info || view.kind !== 'file' || !hasFailed(view)) return view;
  const facts = factsOf(info);
  return runViewOf({ ...facts, input: await readInput(client, facts) }, command);
}
