import type { ClusterStore } from './clusterStore';
import type { DefinitionStore } from './definitionStore';
import type { Images } from './images';
import type { Launcher } from './launcher';
import type { Refusal, TaskRecord, Timings } from './records';
import type { TaskStore } from './taskStore';
import type { TokenStore } from './tokenStore';

/** How long ECS remembers, in milliseconds. */
export interface Retention {
  /** A task, after it has stopped. */
  readonly stoppedTaskMs: number;
  /** A client token at most. */
  readonly tokenMs: number;
}

/** What the operations work on. */
export interface Context {
  readonly clusters: ClusterStore;
  readonly definitions: DefinitionStore;
  readonly tasks: TaskStore;
  readonly tokens: TokenStore;
  readonly launcher: Launcher;
  readonly images: Images;
  readonly timings: Timings;
  readonly retention: Retention;
  /** Has the last word on a new task, before anything of it is kept. */
  readonly arrange: (record: TaskRecord) => TaskRecord | Refusal;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** One operation of ECS: the members of the request in, those of the answer out. Throws EcsError. */
export type Operation = (context: Context, input: Record<string, unknown>) => Promise<object>;
