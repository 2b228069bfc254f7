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

/** What a signal is read as, and what follows. */
export interface SignalHandling<T> {
  readonly read: Read<T>;
  readonly handle: (value: T) => void | Promise<void>;
  readonly description: string;
}

export interface UpdateHandling<T, Result> {
  readonly read: Read<T>;
  /** Rejects an update that cannot be carried out now, by throwing `refusal`. Changes nothing. */
  readonly check?: (value: T) => void;
  readonly handle: (value: T) => Result | Promise<Result>;
  readonly description: string;
}

/**
 * Sets the handler of a signal. Anybody who may call Temporal may send any value, and an error that leaves a handler fails the
 * workflow task: the run could not even be cancelled. So a signal that cannot be read is ignored, and so is an error.
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

/** Sets the handler of an update. One that cannot be read, or fails in any way, is rejected with its reason. */
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
  // An update that is rejected leaves no trace in the history, so that a closing run could not wait for it.
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

/** Sets the handler of a query, whose argument is not read. */
export function onQuery<Answer>(query: QueryDefinition<Answer, []>, answer: () => Answer, description: string): void {
  setHandler(query, () => answer(), { description });
}

/** While answers are held, updates are carried out at once, and answered before the run continues as new. */
const answers = { areHeld: false, latestTask: -1 };

async function heldAnswer<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const [outcome] = await Promise.allSettled([Promise.resolve().then(work)]);
  await condition(() => !answers.areHeld);
  if (outcome.status === 'rejected') return asRefusal(outcome.reason);
  return outcome.value;
}

/** Each workflow task begins with a longer history than the one before. */
const currentTask = (): number => workflowInfo().historyLength;

/** In milliseconds: the timer begins another workflow task. */
const holdMs = 20;
/** Clients that send updates all the time do not keep a run open. */
const maxHolds = 50;

/**
 * Waits for the end of all handlers, in a workflow task that no update has come with, so that a run can continue as new. A
 * workflow task that continues as new fails when an event has arrived in the meantime. It is tried again, but an update that came
 * with it is answered with an internal error. One that was accepted before is safe, and the server passes one that comes later
 * on to the next run.
 */
export async function withoutUpdates(isReady: () => boolean): Promise<void> {
  for (let holds = 0; holds < maxHolds; holds++) {
    answers.areHeld = true;
    await condition(isReady);
    if (answers.latestTask === currentTask()) {
      await sleep(holdMs);
      continue;
    }
    answers.areHeld = false;
    await condition(() => isReady() && allHandlersFinished());
    if (answers.latestTask !== currentTask()) return;
  }
  answers.areHeld = false;
  await condition(() => isReady() && allHandlersFinished());
}

/** Reads nothing: for updates without an argument. */
export const noArgument: Read<undefined> = () => ({ value: undefined });

/** What an update is rejected with, or fails with. Any other error would fail the workflow task. */
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
