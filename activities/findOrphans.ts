import type { OrphanReport, OrphanTask } from './contract';
import { tagNames, tagValue } from './identity';
import { describeLive } from './liveTasks';
import type { Executions, TaskDescription, TaskRunner } from './ports';

export interface OrphanSearch {
  readonly tasks: TaskRunner;
  readonly executions: Pick<Executions, 'state'>;
  readonly namespace: string;
  readonly graceSeconds: number;
  /** Milliseconds by the clock that `executions` tells the ends of workflows by, which need not be this machine's. */
  readonly now: () => number;
  readonly note: (details: object) => void;
}

/** Tasks of each kind that a report lists: a result has 2 MiB at most, and a workflow ID a thousand characters. */
export const maxListed = 200;

/**
 * Every task of this namespace whose workflow has ended: a workflow that was terminated could not stop it. A workflow
 * that Temporal does not know (another server's, or beyond its retention) is reported, and its task is not an orphan.
 */
export async function findOrphans(search: OrphanSearch): Promise<OrphanReport> {
  const { tasks, executions, now, note } = search;
  const mine = tagValue(search.namespace);
  const all = await describeLive(tasks, await tasks.list());
  const ours = all.filter((task) => task.tags[tagNames.namespace] === mine && task.desiredStatus !== 'STOPPED');
  const orphans: OrphanTask[] = [];
  const unknown: OrphanTask[] = [];
  let leftOut = 0;
  const add = (list: OrphanTask[], task: OrphanTask): void => {
    if (list.length < maxListed) list.push(task);
    else leftOut++;
  };
  for (const task of ours) {
    note({ looked: orphans.length + unknown.length, of: ours.length });
    const owner = ownerOf(task);
    // The workflow, not the run: after a reset a newer run waits for the task of the one before.
    const state = await executions.state(owner.workflowId);
    if (state.status === 'unknown') add(unknown, { ...owner, workflow: 'unknown to Temporal' });
    if (state.status !== 'closed' || now() - state.closedAt < search.graceSeconds * 1000) continue;
    add(orphans, { ...owner, workflow: `${state.how} at ${new Date(state.closedAt).toISOString()}` });
  }
  return { examined: ours.length, orphans, unknown, ...(leftOut > 0 && { leftOut }) };
}

function ownerOf(task: TaskDescription): Omit<OrphanTask, 'workflow'> {
  const { taskArn, workflowId = task.tags[tagNames.workflowId] ?? '', lastStatus } = task;
  return { taskArn, workflowId, runId: task.tags[tagNames.runId] ?? '', lastStatus };
}
