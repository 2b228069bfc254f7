import { join } from 'node:path';
import type { Task } from '@aws-sdk/client-ecs';
import type { TaskFault } from '../faults/taskFault';
import type { Wire } from './wire';

/**
 * What is kept of a task: a folder of files, each written once and never changed. What ECS would say of the task
 * follows from them and from the clock (lifecycle.ts), so no process has to be alive for it to be known.
 */
export const taskFiles = (folder: string) => ({
  /** The intent, by the endpoint. */
  task: join(folder, 'task.json'),
  /** By the supervisor, which of several may run the task. */
  supervisor: join(folder, 'supervisor.json'),
  /** By the supervisor, once the programs run. */
  programs: join(folder, 'programs.json'),
  /** Why the task ends: by whoever ends it first. */
  stop: join(folder, 'stop.json'),
  /** How a container ended that the task goes on without. */
  containerEnd: (name: string) => join(folder, `ended-${name}.json`),
  /** How it ended. */
  end: join(folder, 'end.json'),
  /** When StopTask made a task STOPPED that had ended and was stuck. */
  release: join(folder, 'release.json'),
  log: join(folder, 'log'),
  supervisorLog: join(folder, 'supervisor.log'),
  scratch: join(folder, 'scratch'),
});

/** How long the states take that have nothing to wait for here, in milliseconds. */
export interface Timings {
  readonly provisioningMs: number;
  readonly pendingMs: number;
  readonly deprovisioningMs: number;
}

export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  /** Absent for a sidecar without a program here: it counts as running as long as the task does. */
  readonly program?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where they come from; what they are is never on disk. */
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly stopTimeoutSeconds: number;
  /** What DescribeTasks says of the container from first to last. */
  readonly description: NonNullable<Wire<Task>['containers']>[number];
}

export interface TaskRecord {
  readonly id: string;
  readonly cluster: string;
  readonly family: string;
  /** Milliseconds since the epoch, as all times on disk. */
  readonly createdAt: number;
  readonly timings: Timings;
  /** The task will fail to start for this reason; ECS's wording. */
  readonly startFailure?: string;
  /** The task does not become STOPPED when its containers have: `timings` say for how long. */
  readonly stuckStop?: StuckStop;
  /** When ECS does not know of the task although there is one. */
  readonly hidden?: Hidden;
  /** What is to go wrong with it (docs/faults.md). */
  readonly faults?: readonly TaskFault[];
  readonly containers: readonly ContainerRecord[];
  /** What DescribeTasks says of the task from first to last. */
  readonly description: Wire<Task> & { readonly taskArn: string };
}

export interface Hidden {
  /** From DescribeTasks, for this long after RunTask. */
  readonly firstMs?: number;
  /** From every operation, this long after it has stopped. */
  readonly afterStopMs?: number;
}

export interface StuckStop {
  /** What ECS shows meanwhile. */
  readonly status: string;
  /** StopTask makes the task STOPPED. */
  readonly untilStopped: boolean;
}

/** In place of a task that there is no room for. */
export interface Refusal {
  readonly refused: string;
}

/** A process that cannot be taken for a later one of the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

export interface ProgramsRecord {
  readonly startedAt: number;
  readonly programs: readonly (ProcessIdentity & { readonly container: string })[];
}

export interface StopRecord {
  readonly stopCode: NonNullable<Task['stopCode']>;
  readonly reason: string;
  readonly at: number;
  /** SIGKILL comes after so long at the latest, whatever the containers' stop timeouts. */
  readonly graceSeconds?: number;
}

export interface ContainerEnd {
  readonly name: string;
  /** 128 + n when ended by signal n; absent when nobody saw it end, or it never started. */
  readonly exitCode?: number;
  readonly reason?: string;
}

export interface EndRecord {
  readonly at: number;
  readonly containers: readonly ContainerEnd[];
}

export interface ReleaseRecord {
  readonly at: number;
}

/** All that is on disk of one task. */
export interface TaskState {
  readonly record: TaskRecord;
  readonly programs?: ProgramsRecord;
  readonly stop?: StopRecord;
  /** Containers that have ended before the task. */
  readonly ended?: readonly ContainerEnd[];
  readonly end?: EndRecord;
  readonly release?: ReleaseRecord;
}
