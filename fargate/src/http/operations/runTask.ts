import type { Failure } from '@aws-sdk/client-ecs';
import { canonicalJson } from '@etl/lib/canonicalJson';
import { clientException, EcsError } from '../../api/errors';
import { type RunTaskInput, read, runTaskInput } from '../../api/schemas';
import { describeStopped, describeTask, lastStatus } from '../../state/lifecycle';
import type { TaskRecord } from '../../state/records';
import { type Reservation, sha256, tokenKey } from '../../state/tokenStore';
import { buildTask } from '../buildTask';
import { assignProviders } from '../capacity';
import type { Context, Operation } from '../context';
import { isTokenOver } from '../expiry';
import { checkAgainstDefinition, checkRunTask } from '../validateRunTask';

/**
 * Starts tasks. With a client token, the token and its tasks are on disk before anything is launched: even if the
 * endpoint dies, the same request leads to the same tasks.
 */
export const runTask: Operation = async (context, rawInput) => {
  const input = read(runTaskInput, rawInput);
  const cluster = await context.clusters.require(input.cluster);
  checkRunTask(input);
  const { clientToken } = input;
  if (clientToken === undefined) return taskOutput(context, await plan(context, input, cluster));
  const requestHash = hashRequest(rawInput, cluster);
  // Serialized: a task that is planned but not stored would have used up capacity, or a fault, of another task.
  const key = tokenKey(cluster, clientToken);
  return context.tokens.inTurn(key, async () => {
    const earlier = await context.tokens.find(key);
    if (earlier && !(await isTokenOver(earlier, context))) {
      return taskOutput(context, { tasks: sameRequest(earlier, requestHash) });
    }
    if (earlier) await context.tokens.release(key);
    const planned = await plan(context, input, cluster);
    // No task was started, so the token is not reserved.
    if (planned.tasks.length === 0) return taskOutput(context, planned);
    const held = await context.tokens.reserve(key, { requestHash, tasks: planned.tasks });
    return taskOutput(context, { ...planned, tasks: sameRequest(held, requestHash) });
  });
};

/** The tasks with capacity, and failures for those without. */
interface Planned {
  readonly tasks: readonly TaskRecord[];
  readonly failures?: readonly Failure[];
}

async function plan(context: Context, input: RunTaskInput, cluster: string): Promise<Planned> {
  const definition = await context.definitions.find(input.taskDefinition ?? '');
  if (definition?.taskDefinition.status !== 'ACTIVE') throw clientException('TaskDefinition not found.');
  checkAgainstDefinition(input, definition);
  const { images, timings } = context;
  const count = input.count ?? 1;
  const strategy = input.capacityProviderStrategy ?? [];
  const providers = strategy.length > 0 ? assignProviders(strategy, count) : [];
  const now = context.now();
  const arranged = Array.from({ length: count }, (_, index) =>
    context.arrange(
      buildTask({ input, definition, cluster, capacityProvider: providers[index], images, timings, now }),
    ),
  );
  return {
    tasks: arranged.flatMap((one) => ('refused' in one ? [] : [one])),
    failures: arranged.flatMap((one) => ('refused' in one ? [{ reason: one.refused }] : [])),
  };
}

/**
 * Returns the tasks of the reservation.
 * @throws EcsError ConflictException if the token belongs to a different request
 */
function sameRequest({ requestHash, tasks }: Reservation, ownHash: string): readonly TaskRecord[] {
  if (requestHash === ownHash) return tasks;
  throw new EcsError('ConflictException', 'The clientToken has been used with other parameters.', {
    resourceIds: tasks.map(({ description }) => description.taskArn),
  });
}

async function taskOutput(context: Context, { tasks: records, failures = [] }: Planned): Promise<object> {
  const tasks = [];
  for (const record of records) {
    await context.launcher.launch(record);
    const state = (await context.launcher.observe(record.id)) ?? { record };
    const isStopped = lastStatus(state, context.now()) === 'STOPPED';
    tasks.push(isStopped ? describeStopped(state) : describeTask(state, context.now(), true));
  }
  return { tasks, failures };
}

function hashRequest(rawInput: Record<string, unknown>, cluster: string): string {
  const { clientToken: _, ...request } = rawInput;
  return sha256(canonicalJson({ ...request, cluster, count: rawInput.count ?? 1 }));
}
