import type { TaskSize } from '@etl/ecs/sizes';
import type { Manifest } from '@etl/pipeline/manifest';

/** What one engine made of the event, in the same terms for both. Times are milliseconds since the epoch. */
export interface Side {
  /** `Temporal`, `Step Functions (ministack)`, `Step Functions (interpreter)`. */
  readonly engine: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In the order they began. */
  readonly steps: readonly StepRun[];
  readonly messages: readonly ReceivedMessage[];
  readonly deadLetters: readonly { readonly failureType: string; readonly event: unknown }[];
  /** Of the batch at the side's own destination; null when nothing was published. */
  readonly manifest: Manifest | null;
  /** Calls of AWS APIs by the engine or its workers, by `service:Action`. */
  readonly apiCalls: Readonly<Record<string, number>>;
  /** What the engine itself bills; by kind where it is known. */
  readonly billed: {
    readonly unit: 'actions' | 'state transitions';
    readonly count: number;
    readonly byKind?: Readonly<Record<string, number>>;
  };
  readonly functions: readonly { readonly name: string; readonly seconds: number; readonly memoryMiB: number }[];
  readonly tasks: readonly { readonly size: TaskSize; readonly spot: boolean; readonly seconds: number }[];
  /** What of these figures is estimated, left out, or another in AWS. */
  readonly notes?: readonly string[];
}

/** A stage of the pipeline (flow.ts), or a state of the machine that is none. */
export interface StepRun {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempts: number;
  /** Seconds between an attempt and the next. */
  readonly waits: readonly number[];
  /** Of the last attempt that failed, also where a later one did not. */
  readonly error?: string;
}

export interface ReceivedMessage {
  readonly topic: string;
  readonly subject: string;
  readonly firstLine: string;
}
