import type { Images } from '../run/images';
import type { Launcher } from '../run/launcher';
import type { ClusterStore } from '../state/clusterStore';
import type { DefinitionStore } from '../state/definitionStore';
import type { Refusal, TaskRecord, Timings } from '../state/records';
import type { TaskStore } from '../state/taskStore';
import type { TokenStore } from '../state/tokenStore';

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
  /**
   * Changes a new task, or refuses it, before anything is stored.
   * @throws EcsError
   */
  arrange(record: TaskRecord): TaskRecord | Refusal;
  /** Returns milliseconds since the epoch. */
  now(): number;
}

/**
 * An ECS operation: takes the members of the request, returns those of the response.
 * @throws EcsError
 */
export type Operation = (context: Context, input: Record<string, unknown>) => Promise<object>;
