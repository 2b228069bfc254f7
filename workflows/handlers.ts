import { cut } from '@etl/lib/capped';
import { type Read, type Reading, Undecoded } from '@etl/lib/reading';
import type { UpdateDefinition } from '@temporalio/common';
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  log,
  type QueryDefinition,
  type SignalDefinition,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';

/** Reader and handler of a signal. */
export interface SignalHandling<T> {
  readonly read: Read<T>;
  readonly handle: (value: T) => void | Promise<void>;
  readonly description: string;
}

export interface UpdateHandling<T, Result> {
  readonly read: Read<T>;
  /** Rejects an update that cannot be applied now, by throwing `refusal`. Must not change state. */
  readonly check?: (value: T) => void;
  readonly handle: (value: T) => Result | Promise<Result>;
  readonly description: string;
}

/**
 * Sets the handler of a signal. Any Temporal client may send any value, and an error that leaves a handler fails the
 * workflow task, so that not even a cancellation would reach the run. Signals that cannot be read are therefore
 * ignored, and so are errors of the handler.
 */
export function onSignal<T>(signal: SignalDefinition<[T]>, { read, handle, description }: SignalHandling<T>): void {
  const ignore = (problem: string): void =>
    log.warn('a signal was ignored', { signal: signal.name, problem: cut(problem) });
  const handler = (input: unknown): void | Promise<void> => {
    try {
      const reading = readAny(read, input);
      if ('problem' in reading) return ignore(reading.problem);
      return handle(reading.value)?.catch((error: unknown) => ignore(messageOf(error)));
    } catch (error) {
      return ignore(messageOf(error));
    }
  };
  setHandler(signal, handler, { description });
}

/** Sets the handler of an update. Updates that cannot be read, or whose handler fails, are rejected with the reason. */
export function onUpdate<T, Result>(
  update: UpdateDefinition<Result, [T]> | UpdateDefinition<Result, []>,
  { read, check, handle, description }: UpdateHandling<T, Result>,
): void {
  const answerTo = (input: unknown): Result | Promise<Result> => {
    const value = checked(input);
    return handle(value);
  };
  const checked = (input: unknown): T => {
    const reading = readAny(read, input);
    if ('problem' in reading) throw refusal(reading.problem);
    check?.(reading.value);
    return reading.value;
  };
  // A rejected update leaves no event in the history, so a closing run could not wait for it.
  const validator = (input: unknown): void => (answers.areHeld ? undefined : orRefusal(() => void checked(input)));
  const handler = (input: unknown): Result | Promise<Result> => {
    answers.latestTask = currentTask();
    if (answers.areHeld) return heldAnswer(() => answerTo(input));
    const answer = orRefusal(() => answerTo(input));
    return answer instanceof Promise ? answer.catch(asRefusal) : answer;
  };
  setHandler(update as UpdateDefinition<Result, [unknown]>, handler, { validator, description });
}

function readAny<T>(read: Read<T>, input: unknown): Reading<T> {
  return input instanceof Undecoded ? input : read(input);
}

/** Sets the handler of a query. Its argument is ignored. */
export function onQuery<Answer>(query: QueryDefinition<Answer, []>, answer: () => Answer, description: string): void {
  setHandler(query, () => answer(), { description });
}

/** While replies are held, updates are applied at once but answered just before the run continues as new. */
const answers = { areHeld: false, latestTask: -1 };

async function heldAnswer<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const [outcome] = await Promise.allSettled([Promise.resolve().then(work)]);
  await condition(() => !answers.areHeld);
  if (outcome.status === 'rejected') return asRefusal(outcome.reason);
  return outcome.value;
}

/** Returns an identifier of the current workflow task: each task begins with a longer history than the one before. */
const currentTask = (): number => workflowInfo().historyLength;

/** Delay in milliseconds after which a timer starts another workflow task. */
const waitMs = 20;
/** Upper bound, so that clients that send updates continuously cannot keep a run open. */
const maxWaits = 50;

/**
 * Waits until all handlers have finished, in a workflow task that carries no update, so that the run can continue as
 * new. A workflow task that continues as new fails if an event arrived in the meantime. Temporal retries the task, but
 * answers an update that arrived with it with an internal error. An update that was accepted earlier is safe, and the
 * server passes a later one to the next run.
 */
export async function withoutUpdates(isReady: () => boolean): Promise<void> {
  for (let waits = 0; waits < maxWaits; waits++) {
    answers.areHeld = true;
    await condition(isReady);
    if (answers.latestTask === currentTask()) {
      await sleep(waitMs, { summary: 'answers updates before continuing as new' });
      continue;
    }
    answers.areHeld = false;
    await condition(() => isReady() && allHandlersFinished());
    if (answers.latestTask !== currentTask()) return;
  }
  answers.areHeld = false;
  await condition(() => isReady() && allHandlersFinished());
}

/** Ignores its input. For updates without an argument. */
export const noArgument: Read<undefined> = () => ({ value: undefined });

/** Creates the error that an update is rejected with, or fails with. Any other error would fail the workflow task. */
export function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(cut(message), 'Refused');
}

function orRefusal<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    return asRefusal(error);
  }
}

function asRefusal(error: unknown): never {
  throw error instanceof TemporalFailure ? error : refusal(messageOf(error));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
