import type { TaskSize } from '@etl/ecs/sizes';
import type { PartOf } from '@etl/pipeline/batch/fileEvent';
import type { RunEnd } from '@etl/pipeline/batch/fileResult';
import type { ScheduleFact } from '@etl/pipeline/calendar/cell';
import type { BatchDay } from '@etl/pipeline/calendar/runsOfDay';
import type { KilledFor } from '@etl/pipeline/failures/table';
import type { Batch } from '@etl/pipeline/layout';
import type { LineageEvent, LineageSettings } from '@etl/pipeline/lineage/events';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Message } from '@etl/pipeline/messages/outcome';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { AttributeName } from '@etl/pipeline/searchAttributes';
import type { SinkOf, SinkType } from '@etl/pipeline/sinks/sink';
import type { ObjectStore } from '@etl/storage/objectStore';

/** End of a conversion in the light lane. */
export interface LightEnd {
  /** The container's exit code; absent if it was killed or timed out. */
  readonly exitCode?: number;
  /** Further details, such as a timeout or exhausted memory. */
  readonly reason?: string;
  readonly killedFor?: KilledFor;
  readonly seconds: number;
  /** Memory of the function, which its cost depends on; absent for a process. */
  readonly memoryMiB?: number;
  readonly logTail: readonly string[];
}

/**
 * External services that the activities need. `aws/` and `local/` implement them; only `workers/` and `cli/` choose.
 */
export interface Ports {
  readonly store: ObjectStore;
  readonly tasks: TaskRunner;
  readonly taskLogs: TaskLogs;
  readonly notifier: Notifier;
  readonly deadLetters: DeadLetters;
  readonly progress: ProgressReporter;
  readonly executions: Executions;
  readonly sinks: SinkWriters;
  /** Absent outside a worker. */
  readonly latenessMeter?: LatenessMeter;
  readonly runLister: RunLister;
  /** Returns the registered search attributes, and never throws. Absent if runs set none. */
  readonly attributes?: () => Promise<readonly AttributeName[]>;
  /** Absent if no collector of lineage events is configured. */
  readonly lineage?: Lineage;
  /** Absent if this worker has no light lane. */
  readonly light?: LightConverter;
}

/** Converts a whole file in one call: a function, or a process beside the worker. */
export interface LightConverter {
  /**
   * Returns how the conversion ended, killed or not. Once `signal` is aborted, stops what it can and returns when that
   * has ended.
   * @throws {ThrottledError} if nothing was started and the call may be retried
   * @throws {CredentialsError} likewise
   * @throws {LightConverterError} if no retry can succeed
   */
  convert(request: LightRequest): Promise<LightEnd>;
}

export interface LightRequest {
  /** Environment of the container (docs/container.md). */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds after which the conversion is killed. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Maximum number of tasks per DescribeTasks call.
 * @see Amazon ECS API, DescribeTasks
 */
export const maxTasksPerDescribe = 100;

export interface TaskRunner {
  /**
   * Launches a task. Idempotent by `clientToken`: a repeated call returns the task of the first. An exhausted quota is
   * a refusal with cause `capacity`, however ECS reports it.
   * @throws {TaskRunnerError} if no retry can succeed
   * @throws {ThrottledError} if ECS throttles the call
   * @throws {CredentialsError}
   */
  run(request: TaskRequest): Promise<RunAnswer>;
  /**
   * Returns those of at most `maxTasksPerDescribe` tasks that ECS knows. `retries`: whether the client retries a call
   * that is throttled or fails temporarily; false for a caller that paces its calls itself. @default true
   * @throws {TaskRunnerError} if ECS will never answer
   * @throws {ThrottledError} if ECS throttles the call
   * @throws {CredentialsError}
   */
  describe(taskArns: readonly string[], options?: { readonly retries?: boolean }): Promise<TaskDescription[]>;
  /** Requests a stop, and returns at once whether ECS knows the task. An unknown task is not an error. */
  stop(taskArn: string, reason: string): Promise<boolean>;
  /**
   * Returns the ARNs of the tasks with this `startedBy`, including those that are stopping. @default any `startedBy`
   */
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
  /** The token was already used with another request, which started these tasks. */
  | { readonly conflict: readonly string[] };

/**
 * Description of a task. Times are milliseconds since the epoch on the clock of ECS: compare them only with each other.
 */
export interface TaskDescription {
  readonly taskArn: string;
  /** PROVISIONING … STOPPED, as ECS reports it. Polling may miss some. */
  readonly lastStatus: string;
  /** STOPPED from the moment anything stops the task. */
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
  /** The workflow ID from the container's environment; a tag cannot hold every ID. */
  readonly workflowId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface TaskLogs {
  /**
   * Returns the last lines that a task wrote; an empty list if there is no log. Never throws: a missing log must not
   * hide a cause.
   */
  tail(taskArn: string, lines: number): Promise<string[]>;
}

/** Lines of a task's log, oldest first. */
export interface LogPage {
  readonly lines: readonly string[];
  /** Position after these lines. */
  readonly next: string;
  /** Whether all lines that were written are read. */
  readonly isEnd: boolean;
}

/** Reads the complete log of a task, for an operator. */
export interface TaskLogReader {
  /**
   * Returns the lines after a position, or from the beginning; undefined if the task has no log. Throws the errors of
   * the service.
   */
  read(taskArn: string, after?: string): Promise<LogPage | undefined>;
}

export interface Notifier {
  /** Publishes a message and returns its ID. */
  publish(message: Message): Promise<string>;
}

/** Returns the writer of a type of sink. */
export type SinkWriters = <Type extends SinkType>(type: Type) => SinkWriter<SinkOf<Type>>;

/**
 * Applies commits to a catalog or a warehouse. Every method is idempotent, and throws `ThrottledError` for a call to
 * repeat later, `CredentialsError`, or `SinkError` for a failure that no retry can resolve.
 */
export interface SinkWriter<Sink> {
  /**
   * Applies a commit, or starts to. A commit that is older than the applied one changes nothing (`superseded`); the same
   * commit may be applied any number of times.
   */
  apply(commit: SinkCommit, sink: Sink, call: SinkCall): Promise<SinkState>;
  /** Returns the state of a statement that `apply` started. Only for sinks that return `running`. */
  poll?(statement: string, commit: SinkCommit, sink: Sink): Promise<SinkState>;
  /** Cancels a statement that `apply` started. A statement that has ended is not an error. */
  cancel?(statement: string, sink: Sink): Promise<void>;
  /**
   * Returns what the sink has of a dataset, in one line, and changes nothing. Only for sinks that can be read without a
   * statement.
   */
  check?(sink: Sink, dataset: SinkDataset): Promise<string>;
}

/** A dataset whose batches are applied to a sink. */
export interface SinkDataset {
  readonly name: string;
  /** URI below which its batches are published. */
  readonly destination: string;
}

/** A commit of a batch, as sinks read it. */
export interface SinkCommit {
  readonly batch: Batch;
  /** Number of the commit in the log of its batch; a greater number wins. */
  readonly number: number;
  readonly manifest: Manifest;
  /** URI below which the batch is published (`layout`). */
  readonly destination: string;
  /** URI of the commit folder, without a trailing slash. It contains exactly the `file`s of `manifest.parts`, and is never changed. */
  readonly folder: string;
}

/** What one application of a commit may use. */
export interface SinkCall {
  /** At most 64 characters: the same for all attempts of this application, so that a statement is submitted once. */
  readonly token: string;
  /**
   * Returns whether the commit is still the newest of its batch. Call it immediately before each change of a service
   * without transactions, and return `superseded` after false. Appliers of older commits have ended by then.
   */
  mayProceed(): Promise<boolean>;
  /** Writes a small object beside the status of the sink, for the service to read. Returns its URI. */
  store(name: string, body: string): Promise<string>;
}

export type SinkState =
  /** `detail`: what was applied where, in one line. */
  | { readonly state: 'applied'; readonly detail: string }
  /** The sink already has a newer commit. */
  | { readonly state: 'superseded' }
  /** `statement`: its ID, which the workflow records. */
  | { readonly state: 'running'; readonly statement: string }
  /** `retry`: whether another application may succeed. */
  | { readonly state: 'failed'; readonly reason: string; readonly retry: boolean };

/** Sends lineage events to a collector, in the background. */
export interface Lineage {
  readonly settings: LineageSettings;
  /** Sends an event. Logs an event that cannot be sent; never throws. */
  send(event: LineageEvent): Promise<void>;
  /** Runs work after all earlier work with the same key. */
  inOrder(key: string, work: () => Promise<void>): Promise<void>;
}

/** Metrics of checks for late batches (docs/monitoring.md). */
export interface LatenessMeter {
  /** Counts a late batch. Call it once for each dataset, batch date and kind. */
  batchLate(dataset: string, kind: 'neverStarted' | 'late'): void;
  /** Sets the time of the latest completed check to now. */
  checked(): void;
}

/** Dead-letter queue with one letter per failed event. */
export interface DeadLetters {
  /**
   * Sends a letter and returns its ID. If the event already has a letter, keeps it and adds the latest failure.
   * `failedAt`: on the clock that the start times of runs use. @default now, on the clock of this machine
   * @throws {LetterRefusedError}
   */
  send(letter: DeadLetter, failedAt?: Date): Promise<string>;
  /**
   * Removes the letter with this key after a run that began at `startedAt` has delivered. Later failures keep the
   * letter. Best effort: a letter that is not found stays.
   */
  delivered(key: string, startedAt: Date): Promise<void>;
}

/** Queue that keeps letters for a limited time and cannot be searched. */
export interface LetterQueue {
  /**
   * Sends a letter and returns its ID.
   * @throws {LetterRefusedError}
   */
  send(letter: DeadLetter, address?: LetterAddress): Promise<string>;
  /** Returns the retention and the number of letters; undefined if access is denied. */
  state(): Promise<{ readonly retentionSeconds: number; readonly letters: number } | undefined>;
  /**
   * Searches a bounded part of the queue for a letter, and removes it with the older letters of its key. Returns
   * whether it was found.
   */
  removeSent(key: string, letterId: string): Promise<boolean>;
}

/** Attributes of a letter that lead to its event and its marker. */
export interface LetterAddress {
  /** The same for all letters of one event. */
  readonly key: string;
  /** URI of the letter's marker. */
  readonly marker: string;
}

export interface DeadLetter {
  /** Key of the event's letters (`eventKey`). @default derived from the event, without the declared datasets */
  readonly key?: string;
  /** The original event, so that it can be started again. */
  readonly event: unknown;
  readonly failureType: string;
  readonly reason: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** Dead letters for inspection. A caller that has listed letters must call `close`. */
export interface DeadLetterBox {
  /** Location of the box, for messages. */
  readonly name: string;
  /** Returns at most `limit` letters. They stay in the queue; until `close`, its other readers may not see them. */
  list(limit: number): Promise<readonly KeptLetter[]>;
  /**
   * Separates the letter from its event: the next failure of the event creates another letter. Returns a function that
   * undoes this. Returns undefined, and changes nothing, if the event has failed again since the letter was listed.
   */
  detach(letter: KeptLetter): Promise<(() => Promise<void>) | undefined>;
  /** Removes a letter that was listed and detached. */
  remove(letter: KeptLetter): Promise<void>;
  close(): Promise<void>;
}

/** A letter as found in the queue. A letter from another sender may have only its content. */
export interface KeptLetter extends Partial<Omit<DeadLetter, 'event'>>, Partial<LetterAddress> {
  readonly id: string;
  /** ISO 8601. */
  readonly sentAt?: string;
  /** Time of the event's latest failure after the letter was sent; ISO 8601. */
  readonly failedAt?: string;
  readonly event: unknown;
}

export interface ProgressReporter {
  report(workflowId: string, runId: string, progress: TaskProgress): Promise<void>;
}

/** Temporal's executions, as the reaper and batches need them. */
export interface Executions {
  /**
   * Returns the state of the newest run. `unknown`: never seen, or beyond the retention. `closedAt` is in milliseconds.
   */
  state(workflowId: string): Promise<ExecutionState>;
  /**
   * Waits for the end of a run and returns it; for a run that was reset, that of the newest run. Without `runId`: the
   * newest run of its workflow ID.
   * @throws if the signal is aborted first
   */
  result(workflowId: string, runId: string | undefined, signal: AbortSignal): Promise<RunEnd>;
}

/** Temporal's runs and schedules, as the calendar of batches needs them. */
export interface RunLister {
  /** Returns all runs of these batches that Temporal retains. Of open runs, it does not know whether they are held. */
  ofDays(days: readonly BatchDay[]): Promise<readonly RunFacts[]>;
  /** Returns what Temporal knows about the schedule of a dataset. */
  schedule(dataset: string): Promise<ScheduleFact>;
}

export type ExecutionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'running'; readonly partOf?: PartOf }
  | { readonly status: 'closed'; readonly how: string; readonly closedAt: number; readonly partOf?: PartOf };

/**
 * Thrown for a call that the task runner will never accept, however often it is retried: the configuration must be
 * fixed.
 */
export class TaskRunnerError extends Error {
  override readonly name = 'TaskRunnerError';
}

/** Thrown when a service throttles a call: it must be repeated later. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';
}

/**
 * Thrown when AWS currently refuses, or does not issue, the credentials of this process. The call had no effect. The
 * credentials may be renewed, and another worker may have valid ones.
 */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** Thrown when the light converter cannot be used as it is configured. */
export class LightConverterError extends Error {
  override readonly name = 'LightConverterError';
}

/** Thrown when a sink refuses a commit and a retry would be refused too. The message names the remedy. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
}

/** Thrown for a letter that the dead-letter queue never accepts: a retry would be refused too. */
export class LetterRefusedError extends Error {
  override readonly name = 'LetterRefusedError';
}
