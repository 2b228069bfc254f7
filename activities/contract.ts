import type { TaskSize } from '@etl/ecs/sizes';
import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import type { LeftOut } from '@etl/pipeline/batch/summary';
import type { ContainerMode } from '@etl/pipeline/container';
import type { Batch } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Outcome, Subject } from '@etl/pipeline/messages/outcome';
import type { Plan } from '@etl/pipeline/plan';
import type { TaskEnd } from '@etl/pipeline/taskEnd';
import type { DeadLetter, LightEnd } from './ports';

/** What workflows may ask for. Workflows import this file's types and nothing else of ours but `pipeline`. */
export interface EtlActivities {
  /** Reads the head of the source and its size. Bad input is an answer, not an error. */
  validateInput(input: { event: unknown }): Promise<Validation>;
  /** Short and idempotent: one task per workflow run and generation, whatever the number of attempts. */
  launchTask(input: LaunchInput): Promise<LaunchResult>;
  /** Long, with heartbeats and without side effects: returns how the task ended, or that it is late to start. */
  awaitTask(input: AwaitInput): Promise<TaskEnd>;
  /** Stops the task. Returns when it has ended, see `until`, or is unknown to ECS. */
  stopTask(input: StopInput): Promise<TaskEnd>;
  /** ARNs of the tasks of this run that are not STOPPED yet. */
  findTasks(input: { run: RunIdentity }): Promise<readonly string[]>;
  /** Tasks whose workflow has ended at least so long ago. Stops nothing. */
  findOrphans(input: { graceSeconds: number }): Promise<OrphanReport>;
  /** The whole conversion of a small file, in a function or a process. Not idempotent: an attempt is a generation. */
  convertLight(input: LightInput): Promise<LightEnd>;
  /** What a batch follows from here on. A bad request is an answer, not an error. */
  planBatch(input: { request: unknown; scheduledAt: string }): Promise<BatchValidation>;
  /** The files of one page, in order of their keys. */
  listFiles(input: ListFilesInput): Promise<FilePage>;
  /** Returns those of the given runs that have ended, as soon as there is one. */
  awaitRuns(input: { runs: readonly FollowedRun[] }): Promise<readonly EndedRun[]>;
  /** Keeps results; returns the folder of all pages. Writing the same page again replaces it. */
  recordResults(input: ResultsPage): Promise<{ uri: string }>;
  /** Whether there is such an object. */
  confirmWork(input: { uri: string }): Promise<boolean>;
  /** Looks the batch up in the commit log. */
  confirmCommit(input: CommitQuery): Promise<CommitAnswer>;
  notify(input: { outcome: Outcome; subject: Subject }): Promise<{ messageId: string }>;
  sendToDeadLetters(input: DeadLetter): Promise<{ letterId: string }>;
}

export type Validation =
  | {
      readonly valid: true;
      readonly plan: Plan;
      /** Readers see this source and these options already: nothing is to be launched. Absent in answers of earlier versions. */
      readonly delivered?: boolean;
    }
  | { readonly valid: false; readonly reasons: readonly string[]; readonly batch: Partial<Batch> };

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
  /** Unset: what the task definition says. */
  readonly size?: TaskSize;
  /** Default `convert`. */
  readonly mode?: ContainerMode;
  /** Tasks of this run that have ended for good, which ECS may still list. @default none */
  readonly over?: readonly string[];
}

export type LaunchResult =
  /** `generation` is the one that the task was started as: an earlier one when its task was found running. */
  | { readonly kind: 'launched'; readonly taskArn: string; readonly generation: number }
  /** These tasks of this workflow are alive and must be seen STOPPED first. */
  | { readonly kind: 'blocked'; readonly by: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string; readonly cause: 'capacity' | 'other' };

export interface OrphanTask {
  readonly taskArn: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly lastStatus: string;
  /** What became of the workflow. */
  readonly workflow: string;
}

export interface OrphanReport {
  /** Live tasks of this namespace. */
  readonly examined: number;
  readonly orphans: readonly OrphanTask[];
  /** Of workflows that Temporal does not know: for people to decide. */
  readonly unknown: readonly OrphanTask[];
  /** Tasks of both kinds that the report has no room for: the next one may have. Absent: none. */
  readonly leftOut?: number;
}

/**
 * What ends a wait for a task: that it is STOPPED, or already that its container has ended. ECS may take long from the one to the
 * other, and a task that is launched in its place waits for the first.
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
    }
  /** The newest commit is of another source or other options, and of a later run. */
  | { readonly kind: 'superseded'; readonly by: string }
  | { readonly kind: 'missing' };

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
  /** The URI behind which the page begins; absent for the first one. */
  readonly after?: string;
  readonly limit: number;
  /** The batch that asks, by the first of its runs; absent for a dry run. */
  readonly batch?: { readonly workflowId: string; readonly runId: string };
}

export interface FilePage {
  readonly files: readonly FoundFile[];
  /** Behind which URI the next page begins; absent for the last one. */
  readonly next?: string;
  /** What was left out behind the last file of the page. */
  readonly leftOut?: LeftOut;
}

export interface FoundFile {
  readonly uri: string;
  readonly bytes: number;
  readonly batch: Batch;
  /** Why no pipeline is started for it; absent for one that is. */
  readonly skip?: 'delivered' | 'notFailed' | 'running' | 'notAFile';
  /** Why it cannot be delivered by this batch; absent for one that can. */
  readonly refused?: string;
  /** `skip` in words. */
  readonly reason?: string;
  /** What was left out between the file before it and this one. */
  readonly leftOut?: LeftOut;
}

/** A pipeline that is under way; `runId` is absent where any run of its ID is meant. */
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
