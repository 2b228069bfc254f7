import { own } from '@etl/lib/own';
import type { State, StateMachine, TaskState } from '../definition/types';
import { adapted, retryCount, scaledWaits } from './adapted';
import { readEvents } from './events';
import { type Interpreter, loadInterpreter } from './load';

/**
 * A stand-in for a service. Receives what a state sends. Throws `TaskError` for the service's failures. The signal
 * aborts once the state has timed out or the execution was aborted.
 */
export type ResourceHandler = (parameters: unknown, state: string, signal: AbortSignal) => Promise<unknown>;

/** An error with the name that `Retry` and `Catch` match. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    cause: string,
  ) {
    super(cause);
  }
}

/** One attempt of a Task state, as its handler saw it. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly state: string;
  readonly parameters: unknown;
  readonly startedAt: number;
  /** Absent if the attempt had not ended when its state timed out. */
  readonly endedAt?: number;
  /** The name of the attempt's error. */
  readonly error?: string;
}

export interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** The entered states, in order. */
  readonly states: readonly { readonly name: string; readonly enteredAt: number }[];
  /** The failures of states, timeouts included, with the error that the machine saw. */
  readonly failures: readonly { readonly state: string; readonly error: string; readonly at: number }[];
  readonly attempts: readonly Attempt[];
  /** The transitions that Standard workflows are billed by: entered states and retries. */
  readonly transitions: number;
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionRequest {
  readonly name: string;
  readonly input: unknown;
  /** Handlers by the state's resource. */
  readonly handlers: Readonly<Record<string, ResourceHandler>>;
  /** Scales the waits between attempts: 0.01 turns 60 s into 0.6 s. Timeouts are not scaled. */
  readonly timeScale?: number;
  /** Aborts the execution, which then fails. */
  readonly signal?: AbortSignal;
}

const executionArn = 'arn:aws:states:local:000000000000:execution:etl-pipeline';

/**
 * Executes a state machine with handlers in place of services. A failed execution is a normal result.
 * @throws Error if the definition is invalid
 */
export async function execute(machine: StateMachine, request: ExecutionRequest): Promise<Execution> {
  const attempts: Attempt[] = [];
  const attempt = async (state: string, task: TaskState, parameters: unknown): Promise<unknown> => {
    const { Resource } = task;
    const handler = own(request.handlers, Resource);
    if (!handler) throw new TaskError('States.Runtime', `no local implementation of ${Resource}`);
    // An aborted interpreter skips its waits and would retry at once.
    request.signal?.throwIfAborted();
    const index = attempts.push({ state, parameters, startedAt: Date.now() }) - 1;
    const note = (end: Partial<Attempt>) => {
      attempts[index] = { ...(attempts[index] as Attempt), endedAt: Date.now(), ...end };
    };
    const end = endOf(task, request.signal);
    try {
      const result = await handler(parameters, state, end.signal);
      note({});
      return result;
    } catch (error) {
      note({ error: (error as Error).name });
      throw error;
    } finally {
      end.release();
    }
  };
  const tasks = Object.entries(machine.States).flatMap(([name, each]) => (isTask(each) ? [[name, each] as const] : []));
  const begun = (state: string) => attempts.filter((each) => each.state === state).length;
  const execution = interpreterOf(machine).run(request.input as never, {
    context: {
      Execution: { Id: `${executionArn}:${request.name}`, Name: request.name },
      States: Object.fromEntries(tasks.map(([name]) => [name, retryCount(() => begun(name))])),
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        tasks.map(([name, each]) => [name, (input: unknown) => attempt(name, each, input)]),
      ) as never,
      ...(request.timeScale !== undefined && { retryIntervalOverrides: scaledWaits(tasks, request.timeScale) }),
    },
  });
  const seen = readEvents(execution.eventLogs);
  request.signal?.addEventListener('abort', execution.abort, { once: true });
  if (request.signal?.aborted) execution.abort();
  const end = await execution.result.then(
    (output) => ({ status: 'SUCCEEDED' as const, output: output as unknown }),
    (error: Error) => ({ status: 'FAILED' as const, output: undefined, ...asFailure(error) }),
  );
  request.signal?.removeEventListener('abort', execution.abort);
  const { states, failures, retries } = await seen;
  return { ...end, states, failures, attempts, transitions: states.length + retries };
}

/** The interpreter's own timer fires first, so that it reports the state's timeout. */
const slackMs = 100;

/** Signals the end of a state's attempt, even if its handler keeps running. */
function endOf({ TimeoutSeconds }: TaskState, given: AbortSignal | undefined) {
  const ending = new AbortController();
  const end = () => {
    clearTimeout(timer);
    ending.abort();
  };
  const timer = TimeoutSeconds === undefined ? undefined : setTimeout(end, TimeoutSeconds * 1000 + slackMs);
  given?.addEventListener('abort', end, { once: true });
  return {
    signal: ending.signal,
    /** Releases the timer once the handler has settled. */
    release(): void {
      clearTimeout(timer);
      given?.removeEventListener('abort', end);
    },
  };
}

const interpreters = new WeakMap<StateMachine, Interpreter>();

/** Caches one interpreter per definition: validation takes a tenth of a second. */
function interpreterOf(machine: StateMachine): Interpreter {
  const known = interpreters.get(machine);
  if (known) return known;
  const { StateMachine: Interpreter } = loadInterpreter();
  const interpreter = new Interpreter(adapted(machine) as never);
  interpreters.set(machine, interpreter);
  return interpreter;
}

const isTask = (state: State): state is TaskState => state.Type === 'Task';

function asFailure(error: Error): { error: string; cause: string } {
  const { cause } = error;
  return cause instanceof Error
    ? { error: cause.name, cause: cause.message }
    : { error: error.name, cause: error.message };
}
