import { invalidParameter } from '../../api/errors';
import { read, stopTaskInput } from '../../api/schemas';
import { describeTask } from '../../state/lifecycle';
import type { Operation } from '../context';
import { findTask } from '../findTask';

/**
 * Requests the supervisor to end the task. A task that is ending or has ended stays unchanged, unless it is stuck until
 * StopTask.
 */
export const stopTask: Operation = async (context, rawInput) => {
  const input = read(stopTaskInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  const state = await findTask(context, cluster, input.task ?? '');
  if (!state) throw invalidParameter('The referenced task was not found.');
  const { id } = state.record;
  if (!state.end) {
    const reason = input.reason ?? 'Task stopped by user';
    await context.tasks.stop(id, { stopCode: 'UserInitiated', reason, at: context.now() });
  } else if (state.record.stuckStop?.untilStopped) {
    await context.tasks.release(id, { at: context.now() });
  }
  const after = (await context.launcher.observe(id)) ?? state;
  return { task: describeTask(after, context.now(), true) };
};
