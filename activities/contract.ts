import type { TaskSize } from '@etl/ecs/sizes';
import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import type { LeftOut } from '@etl/pipeline/batch/summary';
import type { LastCheck, LateAlert } from '@etl/pipeline/calendar/lateAlert';
import type { ContainerMode } from '@etl/pipeline/container';
import type { NextStep } from '@etl/pipeline/endOfRun';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import type { Batch } from '@etl/pipeline/layout';
import type { LineageEventType, LineageRun } from '@etl/pipeline/lineage/events';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Outcome, Subject } from '@etl/pipeline/messages/outcome';
import type { Plan } from '@etl/pipeline/plan';
import type { OutcomeCounts } from '@etl/pipeline/quality/results';
import type { AttributeName } from '@etl/pipeline/searchAttributes';
import type { DeclaredSink, Sinks } from '@etl/pipeline/sinks/sink';
import type { DeadLetter, LightEnd, SinkState } from './ports';

/** Activities that workflows may call. Of our code, workflows import only the types of this file and `pipeline`. */
export interface EtlActivities {
  /** Reads the head of the source and its size. Returns the reasons against invalid input instead of throwing. */
  validateInput(input: { event: unknown }): Promise<Validation>;
  /**
   * Launches a task. Short and idempotent: one task per workflow run and generation, whatever the number of attempts.
   */
  launchTask(input: LaunchInput): Promise<LaunchResult>;
  /**
   * Waits for a task. Long, with heartbeats and without side effects. Returns how the task ended, or that it is late to
   * start.
   */
  awaitTask(input: AwaitInput): Promise<TaskEnd>;
  /** Stops the task. Returns when it has ended (see `until`) or is unknown to ECS. */
  stopTask(input: StopInput): Promise<TaskEnd>;
  /** Returns the ARNs of this run's tasks that are not STOPPED yet. */
  findTasks(input: { run: RunIdentity }): Promise<readonly string[]>;
  /** Finds tasks whose workflow ended at least `graceSeconds` ago. Stops nothing. */
  findOrphans(input: { graceSeconds: number }): Promise<OrphanReport>;
  /** Converts a whole small file, in a function or a process. Not idempotent: each attempt is a generation. */
  convertLight(input: LightInput): Promise<LightEnd>;
  /** Plans a batch. Returns the reasons against an invalid request instead of throwing. */
  planBatch(input: { request: unknown; scheduledAt: string }): Promise<BatchValidation>;
  /** Returns one page of files, ordered by key. */
  listFiles(input: ListFilesInput): Promise<FilePage>;
  /** Waits until at least one of the given runs has ended, and returns the ended runs. */
  awaitRuns(input: { runs: readonly FollowedRun[] }): Promise<readonly EndedRun[]>;
  /** Writes a page of results and returns the folder of all pages. Writing the same page again replaces it. */
  recordResults(input: ResultsPage): Promise<{ uri: string }>;
  /** Returns whether the object exists. */
  confirmWork(input: { uri: string }): Promise<boolean>;
  /** Looks up the batch in the commit log. */
  confirmCommit(input: CommitQuery): Promise<CommitAnswer>;
  /** Applies the newest commit of a batch to one of its sinks. Idempotent; starts a statement for some sinks. */
  applySink(input: SinkInput): Promise<SinkAnswer>;
  /** Waits for a statement that `applySink` started. Long, with heartbeats and without side effects on the sink. */
  awaitSink(input: SinkWait): Promise<SinkAnswer>;
  /** Cancels a statement that `applySink` started. */
  cancelSink(input: SinkWait): Promise<void>;
  /** Returns one page of the batches whose sinks a replay applies. */
  listSinkWork(input: SinkWorkQuery): Promise<SinkWorkPage>;
  /** Returns the batches that deserve an alert about their lateness and have none yet. Sends nothing. */
  findLate(input: LateQuery): Promise<LateReport>;
  /** Records an alert that was sent. */
  recordLate(input: { alert: LateAlert; messageId: string }): Promise<void>;
  /** Records a check that has run, and sets the metric of its time. */
  recordCheck(input: LastCheck): Promise<void>;
  /** Sends a notification. `next`: what an operator does after an outcome that is not good. */
  notify(input: { outcome: Outcome; subject: Subject; next?: NextStep }): Promise<{ messageId: string }>;
  sendToDeadLetters(input: DeadLetter): Promise<{ letterId: string }>;
  /** Returns the search attributes that the server has registered; none if it does not list them. */
  registeredAttributes(): Promise<readonly AttributeName[]>;
  /** Sends a lineage event. Short, and never fails. */
  reportLineage(input: LineageReport): Promise<void>;
}

export type Validation =
  | {
      readonly valid: true;
      readonly plan: Plan;
      /**
       * Readers already see this source with these options, so nothing is launched. Absent in results of earlier
       * versions.
       */
      readonly delivered?: boolean;
    }
  | {
      readonly valid: false;
      readonly reasons: readonly string[];
      readonly batch: Partial<Batch>;
      /** Team that is responsible for the dataset, if it is declared. */
      readonly owner?: string;
      /** Whether the run reports its lineage. Absent in results of earlier versions. */
      readonly lineage?: true;
    };

/** An OpenLineage event of a run. `failure`: why the run ended without a delivery. */
export interface LineageReport {
  readonly type: LineageEventType;
  readonly run: LineageRun;
  readonly failure?: string;
}

export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface LaunchInput {
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly generation: number;
  readonly spot: boolean;
  /** @default the size in the task definition */
  readonly size?: TaskSize;
  /** @default convert */
  readonly mode?: ContainerMode;
  /** ARNs of this run's tasks that have ended for good, which ECS may still list. @default none */
  readonly over?: readonly string[];
}

export type LaunchResult =
  /** `generation`: the generation that started the task, an earlier one if its task was found running. */
  | { readonly kind: 'launched'; readonly taskArn: string; readonly generation: number }
  /** Live tasks of this workflow, which must be seen STOPPED first. */
  | { readonly kind: 'blocked'; readonly by: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string; readonly cause: 'capacity' | 'other' };

export interface OrphanTask {
  readonly taskArn: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly lastStatus: string;
  /** State of the workflow, in words. */
  readonly workflow: string;
}

export interface OrphanReport {
  /** Number of live tasks of this namespace. */
  readonly examined: number;
  readonly orphans: readonly OrphanTask[];
  /** Tasks of workflows that Temporal does not know. An operator must decide about them. */
  readonly unknown: readonly OrphanTask[];
  /** Number of tasks of both kinds beyond the report's limit; a later report may list them. @default 0 */
  readonly leftOut?: number;
}

/**
 * End of a wait for a task: the task is STOPPED, or its container has ended. ECS may take long from the one to the
 * other; a replacement task must wait for STOPPED.
 */
export type WaitUntil = 'stopped' | 'ended';

export interface AwaitInput {
  readonly taskArn: string;
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly generation: number;
  /** @default stopped, which workflows of earlier versions rely on */
  readonly until?: WaitUntil;
}

export interface StopInput {
  readonly taskArn: string;
  readonly reason: string;
  /** @default stopped */
  readonly until?: WaitUntil;
}

export interface CommitQuery {
  readonly plan: Plan;
  readonly run: RunIdentity;
  /**
   * Whether readers must see the commit. A task that was killed between its commit and its projection leaves a commit that
   * they do not see; a task that exited with code 0 has projected it. @default false
   */
  readonly published?: boolean;
}

export type CommitAnswer =
  | {
      readonly kind: 'delivered';
      readonly commit: number;
      readonly byThisRun: boolean;
      readonly published: string;
      readonly parts: number;
      readonly totals: Manifest['totals'];
      readonly warnings: readonly string[];
      /** Outcomes of the quality rules; absent without rules. */
      readonly quality?: OutcomeCounts;
    }
  /** The newest commit has another source or other options, and belongs to a later run. */
  | { readonly kind: 'superseded'; readonly by: string }
  | { readonly kind: 'missing' };

/** A sink of a batch. */
export interface SinkInput {
  readonly destination: string;
  readonly batch: Batch;
  readonly name: string;
  readonly sink: DeclaredSink;
  readonly run: RunIdentity;
  /** 1, 2, …: number of the application by this run. Each has its own client token. */
  readonly attempt: number;
}

/** `commit`: number of the commit that was applied: the newest of the batch. */
export type SinkAnswer = SinkState & { readonly commit: number };

export interface SinkWait extends SinkInput {
  readonly commit: number;
  readonly statement: string;
}

export interface SinkWorkQuery {
  readonly dataset: string;
  /** @default all sinks of the dataset */
  readonly sink?: string;
  /** First and last batch date. @default all */
  readonly from?: string;
  readonly to?: string;
  /** Whether to return batches whose sinks have applied their newest commit, too. @default false */
  readonly all?: boolean;
  /** Name of the last batch of the previous page; absent for the first page. */
  readonly after?: string;
  readonly limit: number;
}

export interface SinkWork {
  readonly batch: Batch;
  readonly destination: string;
  readonly commit: number;
  readonly sinks: Sinks;
}

export interface SinkWorkPage {
  readonly work: readonly SinkWork[];
  /** Batches of the page that need no work. */
  readonly current: number;
  /** Where the next page begins; absent for the last page. */
  readonly next?: string;
}

export interface LightInput {
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly generation: number;
}

export type BatchValidation =
  | { readonly valid: true; readonly plan: BatchPlan }
  | { readonly valid: false; readonly reasons: readonly string[] };

export interface ListFilesInput {
  readonly plan: BatchPlan;
  readonly batchDate: string;
  /** URI after which the page begins; absent for the first page. */
  readonly after?: string;
  readonly limit: number;
  /** The calling batch, identified by its first run; absent for a dry run. */
  readonly batch?: { readonly workflowId: string; readonly runId: string };
}

export interface FilePage {
  readonly files: readonly FoundFile[];
  /** URI after which the next page begins; absent for the last page. */
  readonly next?: string;
  /** Entries left out after the last file of the page. */
  readonly leftOut?: LeftOut;
}

export interface FoundFile {
  readonly uri: string;
  readonly bytes: number;
  readonly batch: Batch;
  /** Why no pipeline is started for the file; absent if one is. */
  readonly skip?: 'delivered' | 'notFailed' | 'running' | 'notAFile';
  /** Why this batch cannot deliver the file; absent if it can. */
  readonly refused?: string;
  /** The reason for `skip`, in words. */
  readonly reason?: string;
  /** Entries left out between the previous file and this one. */
  readonly leftOut?: LeftOut;
}

/** A running pipeline. Without `runId`: any run of its workflow ID. */
export interface FollowedRun extends BatchFile {
  readonly runId?: string;
}

export interface EndedRun {
  readonly workflowId: string;
  readonly result: FileResult;
}

export interface ResultsPage {
  readonly plan: BatchPlan;
  readonly batchWorkflowId: string;
  readonly batchRunId: string;
  /** 1, 2, … */
  readonly page: number;
  readonly results: readonly FileResult[];
}

/** Which alerts about lateness to look for. */
export interface LateQuery {
  /** Days before today whose batches are looked at. */
  readonly lookbackDays: number;
  /** Alerts to return at most. */
  readonly limit: number;
}

export interface LateReport {
  /** Number of batches that were due. */
  readonly batches: number;
  readonly alerts: readonly LateAlert[];
  /** Alerts beyond the limit: a later check finds them. */
  readonly more: number;
  /** Datasets whose batches could not be read, with the reason. */
  readonly unread: readonly { readonly dataset: string; readonly reason: string }[];
}
