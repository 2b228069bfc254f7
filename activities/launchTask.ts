import { type ContainerInput, containerEnvironment } from '@etl/pipeline/container';
import { transform } from '@etl/pipeline/definition';
import { endedForGood } from '@etl/pipeline/failures/classify';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { LaunchInput, LaunchResult } from './contract';
import { clientToken, startedBy, tagNames, tags } from './identity';
import { liveTasks } from './liveTasks';
import { storeLongOptions } from './options';
import { type TaskDescription, type TaskRunner, TaskRunnerError } from './ports';
import { endOf } from './taskEnds';

export interface Launching {
  readonly tasks: TaskRunner;
  readonly store: Pick<ObjectStore, 'write'>;
  readonly namespace: string;
}

/**
 * Launches the task of one generation, or returns the existing one. The request depends only on the input, so that ECS
 * recognises a repeated call by its client token.
 */
export async function launchTask({ tasks, store, namespace }: Launching, input: LaunchInput): Promise<LaunchResult> {
  const { run, generation, over = [] } = input;
  const live = await liveTasks(tasks, run.workflowId);
  const found = foundTask(
    live.filter(({ taskArn }) => !over.includes(taskArn)),
    input,
  );
  if (found) return found;
  const answer = await tasks.run({
    clientToken: clientToken(run, generation),
    startedBy: startedBy(run.workflowId),
    environment: containerEnvironment(await containerInput(store, input)),
    tags: tags(namespace, run, generation),
    ...(input.size && { size: input.size }),
    ...(input.plan.compute.ephemeralStorageGiB !== undefined && {
      ephemeralStorageGiB: input.plan.compute.ephemeralStorageGiB,
    }),
    spot: input.spot,
  });
  if ('refused' in answer) return { kind: 'refused', reason: answer.refused, cause: answer.cause };
  if ('taskArn' in answer) return { kind: 'launched', taskArn: answer.taskArn, generation };
  return adopt(await tasks.describe(answer.conflict), input);
}

/**
 * Decides whether live tasks stand for the launch or block it. A running task of this run is adopted, whichever
 * generation started it: a second task must not run beside it. The task of this very generation is adopted even while
 * it is stopping. Any other task blocks the launch, whether it belongs to an earlier run of this workflow (reset, or
 * started again) or is stopping. The exception is a task whose container has ended for good: it writes no more, however
 * long ECS takes to stop it.
 */
function foundTask(
  live: readonly TaskDescription[],
  { run, generation }: Pick<LaunchInput, 'run' | 'generation'>,
): LaunchResult | undefined {
  const isMine = (task: TaskDescription): boolean =>
    isOfRun(task, run.runId) &&
    (generationOf(task) === generation || (task.desiredStatus !== 'STOPPED' && !hasEndedForGood(task)));
  const [adopted, ...surplus] = live.filter(isMine);
  const others = live.filter((task) => !isMine(task) && !hasEndedForGood(task));
  const blocking = [...others, ...surplus].map(({ taskArn }) => taskArn);
  if (blocking.length > 0) return { kind: 'blocked', by: blocking };
  return adopted && { kind: 'launched', taskArn: adopted.taskArn, generation: generationOf(adopted) };
}

const hasEndedForGood = (task: TaskDescription): boolean =>
  endedForGood({ ...endOf(task), status: 'ended', logTail: [] });

/**
 * Adopts the task that ECS started for this client token with another request, such as one of an earlier version of
 * this program.
 */
function adopt(candidates: readonly TaskDescription[], { run, generation }: LaunchInput): LaunchResult {
  if (candidates.length === 0) throw new Error('the task of the client token is not visible yet');
  const ours = candidates.find((task) => isOfRun(task, run.runId) && generationOf(task) === generation);
  if (ours) return { kind: 'launched', taskArn: ours.taskArn, generation };
  const arns = candidates.map(({ taskArn }) => taskArn).join(', ');
  throw new TaskRunnerError(`the client token of this launch belongs to a task of another run: ${arns}`);
}

const isOfRun = (task: TaskDescription, runId: string): boolean => task.tags[tagNames.runId] === runId;
const generationOf = (task: TaskDescription): number => Number(task.tags[tagNames.generation]);

/** Returns the input of this launch's container, for either lane. */
export async function containerInput(
  store: Launching['store'],
  input: Pick<LaunchInput, 'plan' | 'run' | 'generation' | 'mode'>,
): Promise<ContainerInput> {
  const { plan, run, generation } = input;
  const optionsUri = await storeLongOptions(store, plan, run.runId, generation);
  return {
    inputUri: plan.source.uri,
    ...plan.batch,
    destination: plan.destination,
    workflowId: run.workflowId,
    runId: run.runId,
    generation,
    runStartedAt: run.startedAt,
    chunkRows: plan.chunkRows,
    options: plan.options,
    ...(optionsUri !== undefined && { optionsUri }),
    timeoutSeconds: selfEndSeconds(plan),
    sourceFingerprint: plan.source.fingerprint,
    ...(plan.replaces !== undefined && { replaces: plan.replaces }),
    ...(plan.declaration !== undefined && { declaration: plan.declaration }),
    ...(input.mode && { mode: input.mode }),
  };
}

/**
 * Returns the container's own timeout in seconds, with slack: the timeout of a launch starts with the response of
 * RunTask and may expire slightly after the container's. A container that ended itself first would look like a
 * transient failure. Plans of earlier versions start the timeout before the launch, and their requests must not change.
 */
function selfEndSeconds({ timings }: LaunchInput['plan']): number {
  const slack = timings.launchQueueSeconds === undefined ? 0 : transform.selfEndSlackSeconds;
  return timings.timeoutSeconds + slack;
}
