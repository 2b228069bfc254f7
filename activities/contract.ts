import type { Batch } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Outcome, Subject } from '@etl/pipeline/messages';
import type { Plan } from '@etl/pipeline/plan';
import type { TaskSize } from '@etl/pipeline/sizes';
import type { TaskEnd } from '@etl/pipeline/taskEnd';
import type { DeadLetter } from './ports';

/** What workflows may ask for. Workflows import this file's types and nothing else of ours but `pipeline`. */
export interface EtlActivities {
  /** Reads the head of the source and its size. Bad input is an answer, not an error. */
  validateInput(input: { event: unknown }): Promise<Validation>;
  /** Short and idempotent: one task per workflow run and generation, whatever the number of attempts. */
  launchTask(input: LaunchInput): Promise<LaunchResult>;
  /** Long, with heartbeats and without side effects: returns how the task ended, or that it is late to start. */
  awaitTask(input: AwaitInput): Promise<TaskEnd>;
  /** Returns when the task is STOPPED, or unknown to ECS. */
  stopTask(input: { taskArn: string; reason: string }): Promise<TaskEnd>;
  /** ARNs of the tasks of this run that are not STOPPED yet. */
  findTasks(input: { run: RunIdentity }): Promise<readonly string[]>;
  /** Tasks whose workflow has ended at least so long ago. Stops nothing. */
  findOrphans(input: { graceSeconds: number }): Promise<OrphanReport>;
  /** Looks the batch up in the commit log. */
  confirmCommit(input: CommitQuery): Promise<CommitAnswer>;
  notify(input: { outcome: Outcome; subject: Subject }): Promise<{ messageId: string }>;
  sendToDeadLetters(input: DeadLetter): Promise<{ letterId: string }>;
}

export type Validation =
  | { readonly valid: true; readonly plan: Plan }
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
}

export interface AwaitInput {
  readonly taskArn: string;
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly generation: number;
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
