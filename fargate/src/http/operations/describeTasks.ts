import { taskArn } from '../../api/arns';
import { invalidParameter } from '../../api/errors';
import { describeTasksInput, read } from '../../api/schemas';
import { describeTask } from '../../state/lifecycle';
import type { TaskState } from '../../state/records';
import type { Operation } from '../context';
import { findTask } from '../findTask';

const maxTasks = 100;

/** Describes the known tasks. Unknown ones become `failures` with the reason MISSING. */
export const describeTasks: Operation = async (context, rawInput) => {
  const input = read(describeTasksInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  const named = input.tasks ?? [];
  if (named.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (named.length > maxTasks) throw invalidParameter(`Tasks cannot have more than ${maxTasks} items.`);
  const withTags = (input.include ?? []).includes('TAGS');
  const found = await Promise.all(
    named.map(async (name) => {
      const state = await findTask(context, cluster, name);
      return { name, state: state && !isTooNew(state, context.now()) ? state : undefined };
    }),
  );
  return {
    tasks: found.flatMap(({ state }) => (state ? [describeTask(state, context.now(), withTags)] : [])),
    failures: found.flatMap(({ name, state }) =>
      state ? [] : [{ arn: name.startsWith('arn:') ? name : taskArn(cluster, name), reason: 'MISSING' }],
    ),
  };
};

/** ECS is eventually consistent: a task that RunTask has just started may not be visible yet. */
const isTooNew = ({ record }: TaskState, now: number) => now < record.createdAt + (record.hidden?.firstMs ?? 0);
