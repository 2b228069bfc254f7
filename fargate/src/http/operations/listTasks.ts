import { taskArn } from '../../api/arns';
import { invalidParameter } from '../../api/errors';
import { page } from '../../api/paging';
import { type ListTasksInput, listTasksInput, read } from '../../api/schemas';
import { desiredStatus } from '../../state/lifecycle';
import type { TaskState } from '../../state/records';
import type { Operation } from '../context';
import { isKnown } from '../findTask';

/** Lists the ARNs of tasks, oldest first. By default, only tasks with the desired status RUNNING. */
export const listTasks: Operation = async (context, rawInput) => {
  const input = read(listTasksInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  checkFilters(input);
  const states = await Promise.all((await context.tasks.ids()).map((id) => context.launcher.observe(id)));
  const wanted = states
    .flatMap((state) => (isKnown(context, cluster, state) && matches(state, input) ? [state.record] : []))
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const keyOf = ({ createdAt, id }: { createdAt: number; id: string }) =>
    `${String(createdAt).padStart(15, '0')}/${id}`;
  const { items, nextToken } = page(wanted, keyOf, input);
  return { taskArns: items.map(({ id }) => taskArn(cluster, id)), ...(nextToken !== undefined && { nextToken }) };
};

function checkFilters(input: ListTasksInput): void {
  const { containerInstance, daemonName, desiredStatus: desired, family, launchType, serviceName, startedBy } = input;
  const others = { containerInstance, daemonName, family, launchType, serviceName };
  const combined = Object.entries(others).filter(([, value]) => value !== undefined);
  if (startedBy !== undefined && combined.length > 0) {
    const names = combined.map(([name]) => name).join(', ');
    throw invalidParameter(`startedBy must be the only filter, and cannot be combined with ${names}.`);
  }
  if (desired !== undefined && !['RUNNING', 'PENDING', 'STOPPED'].includes(desired)) {
    throw invalidParameter('desiredStatus must be RUNNING, PENDING or STOPPED.');
  }
}

function matches(state: TaskState, input: ListTasksInput): boolean {
  const { description, family } = state.record;
  // Local tasks never belong to a service, a daemon or a container instance.
  if (input.serviceName !== undefined || input.daemonName !== undefined || input.containerInstance !== undefined) {
    return false;
  }
  return (
    desiredStatus(state) === (input.desiredStatus ?? 'RUNNING') &&
    (input.family === undefined || input.family === family) &&
    (input.launchType === undefined || input.launchType === description.launchType) &&
    (input.startedBy === undefined || input.startedBy === description.startedBy)
  );
}
