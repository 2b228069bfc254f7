import { own } from '@etl/lib/own';
import type { State, StateMachine, TaskState } from '../../asl/types';
import { adapted, retryCount, scaledWaits } from './adapted';
import { readEvents } from './events';
import { type Interpreter, loadInterpreter } from './load';

/**
 * What stands in for a service: gets what a state sends. Throws `TaskError` for what a service would fail of. The signal
 * aborts when nobody waits for the answer any more: the state has timed out, or the execution was ended.
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

/** One attempt of a task state, as its handler saw it. Times are milliseconds of the clock. */
export interface Attempt {
  readonly state: string;
  readonly parameters: unknown;
  readonly startedAt: number;
  /** Absent: it had not ended when its state timed out. */
  readonly endedAt?: number;
  /** The name of the error it failed with. */
  readonly error?: string;
}

export interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Every state that was entered, in order. */
  readonly states: readonly { readonly name: string; readonly enteredAt: number }[];
  /** Every failure of a state, with the error that the machine saw: a timeout, too. */
  readonly failures: readonly { readonly state: string; readonly error: string; readonly at: number }[];
  readonly attempts: readonly Attempt[];
  /** What Standard workflows are billed by: states entered, and retries. */
  readonly transitions: number;
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionRequest {
  readonly name: string;
  readonly input: unknown;
  /** By the state's resource. */
  readonly handlers: Readonly<Record<string, ResourceHandler>>;
  /** Shortens the waits between attempts: 0.01 makes 60 s into 0.6 s. Timeouts stay. */
  readonly timeScale?: number;
  /** Ends the execution, which has then failed. */
  readonly signal?: AbortSignal;
}

const executionArn = 'arn:aws:states:local:000000000000:execution:etl-pipeline';

/**
 * Runs a state machine here, with handlers in the place of services. An execution that fails is an answer; throws for a
 * definition that is not valid.
 */
export async function execute(machine: StateMachine, request: ExecutionRequest): Promise<Execution> {
  const attempts: Attempt[] = [];
  const attempt = async (state: string, task: TaskState, parameters: unknown): Promise<unknown> => {
    const { Resource } = task;
    const handler = own(request.handlers, Resource);
    if (!handler) throw new TaskError('States.Runtime', `nothing here stands in for ${Resource}`);
    // An interpreter that is ended skips its waits, and would try again at once.
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

/** The interpreter's own timer comes first: it says what the state failed of. */
const slackMs = 100;

/** Told when an attempt of a state is over, whatever its handler does. */
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
    /** Its handler has ended. */
    release(): void {
      clearTimeout(timer);
      given?.removeEventListener('abort', end);
    },
  };
}

const interpreters = new WeakMap<StateMachine, Interpreter>();

/** One for a definition: to check it takes a tenth of a second. */
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
