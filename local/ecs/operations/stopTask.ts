import { taskId } from '../arns';
import type { Operation } from '../context';
import { invalidParameter } from '../errors';
import { describeTask } from '../lifecycle';
import { read, stopTaskInput } from '../schemas';

/** Asks the supervisor to end the task. A task that is ending or has ended is left as it is. */
export const stopTask: Operation = async (context, rawInput) => {
  const input = read(stopTaskInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  const id = taskId(input.task ?? '', cluster);
  const state = id === undefined ? undefined : await context.launcher.observe(id);
  if (id === undefined || state?.record.cluster !== cluster) {
    throw invalidParameter('The referenced task was not found.');
  }
  if (!state.end) {
    const reason = input.reason ?? 'Task stopped by user';
    await context.tasks.stop(id, { stopCode: 'UserInitiated', reason, at: context.now() });
  }
  const after = (await context.launcher.observe(id)) ?? state;
  return { task: describeTask(after, context.now(), true) };
};
