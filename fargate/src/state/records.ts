import { join } from 'node:path';
import type { Task } from '@aws-sdk/client-ecs';
import type { ProcessIdentity } from '@etl/lib/processIdentity';
import type { Wire } from '../api/wire';
import type { TaskFault } from './taskFault';

/**
 * The files of a task: one folder, in which each file is written once and never changed. The task's status follows from
 * the files and the clock (lifecycle.ts), so it is known even if no process is alive.
 */
export const taskFiles = (folder: string) => ({
  /** The intent, written by the endpoint. */
  task: join(folder, 'task.json'),
  /** Written by the supervisor that won the right to run the task. */
  supervisor: join(folder, 'supervisor.json'),
  /** Written by the supervisor once the programs run. */
  programs: join(folder, 'programs.json'),
  /** Why the task ends. The first writer wins. */
  stop: join(folder, 'stop.json'),
  /** How a container ended while the task continues without it. */
  containerEnd: (name: string) => join(folder, `ended-${name}.json`),
  /** How the task ended. */
  end: join(folder, 'end.json'),
  /** When StopTask made a stuck task STOPPED. */
  release: join(folder, 'release.json'),
  log: join(folder, 'log'),
  supervisorLog: join(folder, 'supervisor.log'),
  scratch: join(folder, 'scratch'),
});

/** Durations of the states that have no local work to wait for, in milliseconds. */
export interface Timings {
  readonly provisioningMs: number;
  readonly pendingMs: number;
  readonly deprovisioningMs: number;
}

export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  /** Absent for a sidecar without a local program, which counts as running while the task runs. */
  readonly program?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where the secrets come from. Their values are never on disk. */
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly stopTimeoutSeconds: number;
  /** The constant part of the container in DescribeTasks. */
  readonly description: NonNullable<Wire<Task>['containers']>[number];
}

export interface TaskRecord {
  readonly id: string;
  readonly cluster: string;
  readonly family: string;
  /** Milliseconds since the epoch, like all times on disk. */
  readonly createdAt: number;
  readonly timings: Timings;
  /** Why the task fails to start, in ECS's wording. */
  readonly startFailure?: string;
  /** Keeps the task from becoming STOPPED after its containers have stopped. `timings` hold the duration. */
  readonly stuckStop?: StuckStop;
  /** When ECS does not show the task although it exists. */
  readonly hidden?: Hidden;
  /** Faults to inject into the task (docs/faults.md). */
  readonly faults?: readonly TaskFault[];
  readonly containers: readonly ContainerRecord[];
  /** The constant part of DescribeTasks. */
  readonly description: Wire<Task> & { readonly taskArn: string };
}

export interface Hidden {
  /** Hidden from DescribeTasks for this long after RunTask. */
  readonly firstMs?: number;
  /** Hidden from every operation this long after it has stopped. */
  readonly afterStopMs?: number;
}

export interface StuckStop {
  /** The status that ECS shows meanwhile. */
  readonly status: string;
  /** StopTask makes the task STOPPED. */
  readonly untilStopped: boolean;
}

/** Refusal of a task for lack of capacity. */
export interface Refusal {
  readonly refused: string;
}

export interface ProgramsRecord {
  readonly startedAt: number;
  readonly programs: readonly (ProcessIdentity & { readonly container: string })[];
}

export interface StopRecord {
  readonly stopCode: NonNullable<Task['stopCode']>;
  readonly reason: string;
  readonly at: number;
  /** Longest time until SIGKILL, whatever the containers' stop timeouts. */
  readonly graceSeconds?: number;
}

export interface ContainerEnd {
  readonly name: string;
  /** 128 + n if signal n ended it. Absent if its end was not observed, or if it never started. */
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

/** Everything on disk about one task. */
export interface TaskState {
  readonly record: TaskRecord;
  readonly programs?: ProgramsRecord;
  readonly stop?: StopRecord;
  /** Containers that ended before the task. */
  readonly ended?: readonly ContainerEnd[];
  readonly end?: EndRecord;
  readonly release?: ReleaseRecord;
}
