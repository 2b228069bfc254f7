import type { TaskSize } from '@etl/ecs/sizes';
import type { PartOf } from '@etl/pipeline/batch/fileEvent';
import type { RunEnd } from '@etl/pipeline/batch/fileResult';
import type { Message } from '@etl/pipeline/messages/outcome';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import type { ObjectStore } from '@etl/storage/objectStore';

/** How a conversion in the light lane ended. */
export interface LightEnd {
  /** The container's exit codes; absent when it was killed, or its time was over. */
  readonly exitCode?: number;
  /** What else is known: a timeout, memory that ran out. */
  readonly reason?: string;
  readonly killedFor?: 'timeout' | 'memory' | 'unknown';
  readonly seconds: number;
  /** What the function was given: what it costs by; absent for a process. */
  readonly memoryMiB?: number;
  readonly logTail: readonly string[];
}

/** What the activities need of the world. `aws/` and `local/` implement these; only `workers/` and `cli/` choose. */
export interface Ports {
  readonly store: ObjectStore;
  readonly tasks: TaskRunner;
  readonly taskLogs: TaskLogs;
  readonly notifier: Notifier;
  readonly deadLetters: DeadLetters;
  readonly progress: ProgressReporter;
  readonly executions: Executions;
  /** Absent: this worker has no light lane. */
  readonly light?: LightConverter;
}

/** Converts a whole file in one call: a function, or a process beside the worker. */
export interface LightConverter {
  /**
   * Returns how it ended, killed or not. After `signal` it ends what it can, and returns when that is over.
   * @throws ThrottledError or CredentialsError when it was not started and may be asked again; LightConverterError for what no
   * repetition repairs.
   */
  convert(request: LightRequest): Promise<LightEnd>;
}

export interface LightRequest {
  /** The container's (docs/container.md). */
  readonly environment: Readonly<Record<string, string>>;
  /** It has so long, and is killed then. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** Source: Amazon ECS API, DescribeTasks. */
export const maxTasksPerDescribe = 100;

export interface TaskRunner {
  /**
   * Idempotent by `clientToken`: a repeated call returns the task of the first. A quota that is used up is a refusal for want of
   * capacity, whichever way ECS reports it.
   * @throws TaskRunnerError for what no repetition repairs; ThrottledError when ECS wants to be asked later; CredentialsError.
   */
  run(request: TaskRequest): Promise<RunAnswer>;
  /**
   * Returns the tasks that ECS knows, of at most `maxTasksPerDescribe` ARNs. `retries`: whether the client repeats a call that is
   * throttled or fails for now; false for a caller that paces its calls itself. @default true
   * @throws TaskRunnerError when ECS will never answer; ThrottledError when ECS wants to be asked later; CredentialsError.
   */
  describe(taskArns: readonly string[], options?: { readonly retries?: boolean }): Promise<TaskDescription[]>;
  /** Asks for a stop, and returns at once whether ECS knows the task. A task that is gone is no error. */
  stop(taskArn: string, reason: string): Promise<boolean>;
  /** ARNs of the tasks that were started with this `startedBy` (default: any), also of those that are stopping. */
  list(startedBy?: string): Promise<string[]>;
}

export interface TaskRequest {
  readonly clientToken: string;
  readonly startedBy: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly size?: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot: boolean;
}

export type RunAnswer =
  | { readonly taskArn: string }
  /** No task was started. */
  | { readonly refused: string; readonly cause: 'capacity' | 'other' }
  /** The token has been used with another request, for these tasks. */
  | { readonly conflict: readonly string[] };

/** Times are milliseconds since the epoch by the clock of ECS: compare them with each other alone. */
export interface TaskDescription {
  readonly taskArn: string;
  /** PROVISIONING … STOPPED, as ECS has it; a poll may skip some. */
  readonly lastStatus: string;
  /** STOPPED from the moment anything ends the task. */
  readonly desiredStatus?: string;
  readonly createdAt?: number;
  readonly pullStartedAt?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly size?: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot?: boolean;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Last status, exit code and reason of the ETL container, never of a sidecar. */
  readonly containerStatus?: string;
  readonly exitCode?: number;
  readonly containerReason?: string;
  /** The workflow ID that the container was told; a tag cannot hold every ID. */
  readonly workflowId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface TaskLogs {
  /** The last lines a task wrote; none where there is no log. Never throws: a missing log must not hide a cause. */
  tail(taskArn: string, lines: number): Promise<string[]>;
}

export interface Notifier {
  /** Returns the message's ID. */
  publish(message: Message): Promise<string>;
}

/** Events that failed, one letter for each. */
export interface DeadLetters {
  /**
   * Keeps a letter. An event that has one keeps that, with the latest failure. Returns the letter's ID. Throws `LetterRefusedError`.
   * `failedAt`: by the clock that the starts of runs are told by. @default now, by the clock of this machine
   */
  send(letter: DeadLetter, failedAt?: Date): Promise<string>;
  /**
   * Removes the letter of this key, after a run that began at `startedAt` has delivered: failures that came later keep it.
   * Best effort: a letter that is not found stays.
   */
  delivered(key: string, startedAt: Date): Promise<void>;
}

/** A queue keeps whatever it is sent, for so long, and cannot be searched. */
export interface LetterQueue {
  /** Returns the letter's ID. Throws `LetterRefusedError`. */
  send(letter: DeadLetter, address?: LetterAddress): Promise<string>;
  /** Undefined where the queue may not be asked. */
  state(): Promise<{ readonly retentionSeconds: number; readonly letters: number } | undefined>;
  /** Looks through a bounded part of the queue for a letter, and removes it with the older ones of its key. */
  removeSent(key: string, letterId: string): Promise<boolean>;
}

/** How others find what belongs to a letter. */
export interface LetterAddress {
  /** The same for all letters of one event. */
  readonly key: string;
  /** The URI of the marker that stands for the letter. */
  readonly marker: string;
}

export interface DeadLetter {
  /** The event as it came, so that it can be started again. */
  readonly event: unknown;
  readonly failureType: string;
  readonly reason: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** The dead letters as somebody looks through them. Whoever has listed some closes it in the end. */
export interface DeadLetterBox {
  /** For people: where it is. */
  readonly name: string;
  /** `limit` at most. They stay where they are; until `close`, other readers of a queue may not see them. */
  list(limit: number): Promise<readonly KeptLetter[]>;
  /**
   * From here on a failure of the letter's event is another letter. Returns what undoes it; undefined, and nothing is changed,
   * when the event has failed again since the letter was listed.
   */
  detach(letter: KeptLetter): Promise<(() => Promise<void>) | undefined>;
  /** Removes one that was listed, and detached. */
  remove(letter: KeptLetter): Promise<void>;
  close(): Promise<void>;
}

/** A letter as it was found: one that somebody else has put there may have nothing but its content. */
export interface KeptLetter extends Partial<Omit<DeadLetter, 'event'>>, Partial<LetterAddress> {
  readonly id: string;
  /** ISO 8601. */
  readonly sentAt?: string;
  /** When its event failed last, after the letter was sent; ISO 8601. */
  readonly failedAt?: string;
  readonly event: unknown;
}

export interface ProgressReporter {
  report(workflowId: string, runId: string, progress: TaskProgress): Promise<void>;
}

/** What the reaper and batches ask of Temporal. */
export interface Executions {
  /** Of the newest run. `unknown`: never heard of, or beyond the retention; `closedAt` in milliseconds. */
  state(workflowId: string): Promise<ExecutionState>;
  /** How a run ended (default: the newest of its ID), once it has; of a run that was reset, the newest one. Throws when the signal is aborted before. */
  result(workflowId: string, runId: string | undefined, signal: AbortSignal): Promise<RunEnd>;
}

export type ExecutionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'running'; readonly partOf?: PartOf }
  | { readonly status: 'closed'; readonly how: string; readonly closedAt: number; readonly partOf?: PartOf };

/** A call the task runner will never grant, however often it is repeated: a configuration to mend. */
export class TaskRunnerError extends Error {
  override readonly name = 'TaskRunnerError';
}

/** A service wants to be asked later. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';
}

/**
 * The credentials of this process are refused, or not given out, for now. Nothing was done. They may be renewed, and another worker
 * may have others.
 */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** The light lane's converter cannot be used as it is configured. */
export class LightConverterError extends Error {
  override readonly name = 'LightConverterError';
}

/** The queue of dead letters never takes this letter: another attempt would be refused too. */
export class LetterRefusedError extends Error {
  override readonly name = 'LetterRefusedError';
}
