import type { OrphanReport, OrphanTask } from './contract';
import { tagNames, tagValue } from './identity';
import { describeLive } from './liveTasks';
import type { Executions, TaskDescription, TaskRunner } from './ports';

export interface OrphanSearch {
  readonly tasks: TaskRunner;
  readonly executions: Pick<Executions, 'state'>;
  readonly namespace: string;
  readonly graceSeconds: number;
  /**
   * Returns milliseconds of the clock that `executions` uses for the ends of workflows, which may differ from this
   * machine's clock.
   */
  readonly now: () => number;
  readonly note: (details: object) => void;
}

/**
 * Tasks of each kind that a report lists: a result has at most 2 MiB, and a workflow ID up to a thousand characters.
 */
export const maxListed = 200;

/**
 * Finds the tasks of this namespace whose workflow has ended; a terminated workflow cannot stop its task. Tasks whose
 * workflow Temporal does not know (another server's, or beyond its retention) are reported separately, not as orphans.
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
    // The workflow, not the run: after a reset, a newer run waits for the task of the earlier run.
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
