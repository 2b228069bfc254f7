import { buildTask } from '../buildTask';
import { assignProviders } from '../capacity';
import type { Context, Operation } from '../context';
import { clientException, EcsError } from '../errors';
import { describeStopped, describeTask, lastStatus } from '../lifecycle';
import type { TaskRecord } from '../records';
import { type RunTaskInput, read, runTaskInput } from '../schemas';
import { type Reservation, sha256 } from '../tokenStore';
import { checkAgainstDefinition, checkRunTask } from '../validateRunTask';
import { canonicalJson } from '../wire';

/**
 * Starts tasks. With a client token, the token and the tasks it stands for are on disk before anything is started:
 * whenever the endpoint dies, the same request leads to the same tasks.
 */
export const runTask: Operation = async (context, rawInput) => {
  const input = read(runTaskInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  checkRunTask(input);
  const { clientToken } = input;
  const requestHash = hashRequest(rawInput, cluster);
  if (clientToken !== undefined) {
    const earlier = await context.tokens.find(cluster, clientToken);
    if (earlier) return answer(context, sameRequest(earlier, requestHash));
  }
  const tasks = await plan(context, input, cluster);
  if (clientToken === undefined) return answer(context, tasks);
  const held = await context.tokens.reserve(cluster, clientToken, { requestHash, tasks });
  return answer(context, sameRequest(held, requestHash));
};

async function plan(context: Context, input: RunTaskInput, cluster: string): Promise<TaskRecord[]> {
  const definition = await context.definitions.find(input.taskDefinition ?? '');
  if (definition?.taskDefinition.status !== 'ACTIVE') throw clientException('TaskDefinition not found.');
  checkAgainstDefinition(input, definition);
  const { images, timings } = context;
  const count = input.count ?? 1;
  const strategy = input.capacityProviderStrategy ?? [];
  const providers = strategy.length > 0 ? assignProviders(strategy, count) : [];
  const now = context.now();
  return Array.from({ length: count }, (_, index) =>
    buildTask({ input, definition, cluster, capacityProvider: providers[index], images, timings, now }),
  );
}

/** The tasks of the reservation. Throws ConflictException when it was made by another request. */
function sameRequest({ requestHash, tasks }: Reservation, ownHash: string): readonly TaskRecord[] {
  if (requestHash === ownHash) return tasks;
  throw new EcsError('ConflictException', 'The clientToken has been used with other parameters.', {
    resourceIds: tasks.map(({ description }) => description.taskArn),
  });
}

async function answer(context: Context, records: readonly TaskRecord[]): Promise<object> {
  const tasks = [];
  for (const record of records) {
    await context.launcher.launch(record);
    const state = (await context.launcher.observe(record.id)) ?? { record };
    const isStopped = lastStatus(state, context.now()) === 'STOPPED';
    tasks.push(isStopped ? describeStopped(state) : describeTask(state, context.now(), true));
  }
  return { tasks, failures: [] };
}

function hashRequest(rawInput: Record<string, unknown>, cluster: string): string {
  const { clientToken: _, ...request } = rawInput;
  return sha256(canonicalJson({ ...request, cluster, count: rawInput.count ?? 1 }));
}
