import { type ContainerInput, containerEnvironment } from '@etl/pipeline/container';
import { transform } from '@etl/pipeline/definition';
import { endedForGood } from '@etl/pipeline/taskEnd';
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
 * Launches the task of one generation, or finds the one there is. The request depends on the input alone, so that ECS
 * recognises a repetition by its client token.
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
 * A running task of this run is its launch, whichever generation started it: a second one must not stand beside it. So is the task
 * of this very generation, also while it ends. Any other comes first, be it of an earlier run of this workflow (reset, or started
 * again) or on its way to STOPPED; only one whose container has ended for good writes no more, however long ECS takes to stop it.
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

/** The token stands for another request, made by an earlier version of this program, say: its task is ours all the same. */
function adopt(candidates: readonly TaskDescription[], { run, generation }: LaunchInput): LaunchResult {
  if (candidates.length === 0) throw new Error('the task that the client token stands for cannot be seen yet');
  const ours = candidates.find((task) => isOfRun(task, run.runId) && generationOf(task) === generation);
  if (ours) return { kind: 'launched', taskArn: ours.taskArn, generation };
  const arns = candidates.map(({ taskArn }) => taskArn).join(', ');
  throw new TaskRunnerError(`the client token of this launch stands for a task of somebody else: ${arns}`);
}

const isOfRun = (task: TaskDescription, runId: string): boolean => task.tags[tagNames.runId] === runId;
const generationOf = (task: TaskDescription): number => Number(task.tags[tagNames.generation]);

/** What the container of this launch is told, whichever lane it runs in. */
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
    ...(input.mode && { mode: input.mode }),
  };
}

/**
 * The time of a launch counts from the answer of RunTask, and so may end a moment later than that of the container: its own end would
 * be taken for a failure that may go away. Plans of earlier versions count from before the launch, and their request stays the same.
 */
function selfEndSeconds({ timings }: LaunchInput['plan']): number {
  const slack = timings.launchQueueSeconds === undefined ? 0 : transform.selfEndSlackSeconds;
  return timings.timeoutSeconds + slack;
}
