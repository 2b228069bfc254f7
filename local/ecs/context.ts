import type { ClusterStore } from './clusterStore';
import type { DefinitionStore } from './definitionStore';
import type { Images } from './images';
import type { Launcher } from './launcher';
import type { Refusal, TaskRecord, Timings } from './records';
import type { TaskStore } from './taskStore';
import type { TokenStore } from './tokenStore';

/** How long ECS keeps tasks and tokens, in milliseconds. */
export interface Retention {
  /** Retention of a task after it has stopped. */
  readonly stoppedTaskMs: number;
  /** Longest retention of a client token. */
  readonly tokenMs: number;
}

/** The state and services that operations use. */
export interface Context {
  readonly clusters: ClusterStore;
  readonly definitions: DefinitionStore;
  readonly tasks: TaskStore;
  readonly tokens: TokenStore;
  readonly launcher: Launcher;
  readonly images: Images;
  readonly timings: Timings;
  readonly retention: Retention;
  /** Applies faults to a new task, or refuses it, before anything is stored. */
  readonly arrange: (record: TaskRecord) => TaskRecord | Refusal;
  /** Returns milliseconds since the epoch. */
  now(): number;
}

/**
 * An ECS operation: takes the members of the request, returns those of the response.
 * @throws EcsError
 */
export type Operation = (context: Context, input: Record<string, unknown>) => Promise<object>;
