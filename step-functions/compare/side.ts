import type { TaskSize } from '@etl/ecs/sizes';
import type { Manifest } from '@etl/pipeline/manifest';

/** Result of one engine, in the same terms for both. Times are in milliseconds since the epoch. */
export interface Side {
  /** `Temporal`, `Step Functions (ministack)`, `Step Functions (interpreter)`. */
  readonly engine: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Steps in the order they began. */
  readonly steps: readonly StepRun[];
  readonly messages: readonly ReceivedMessage[];
  readonly deadLetters: readonly { readonly failureType: string; readonly event: unknown }[];
  /** Manifest of the batch at the side's own destination; null when nothing was published. */
  readonly manifest: Manifest | null;
  /** Number of AWS API calls of the engine or its workers, by `service:Action`. */
  readonly apiCalls: Readonly<Record<string, number>>;
  /** Units billed by the engine; by kind where known. */
  readonly billed: {
    readonly unit: 'actions' | 'state transitions';
    readonly count: number;
    readonly byKind?: Readonly<Record<string, number>>;
  };
  readonly functions: readonly { readonly name: string; readonly seconds: number; readonly memoryMiB: number }[];
  readonly tasks: readonly { readonly size: TaskSize; readonly spot: boolean; readonly seconds: number }[];
  /** Notes on figures that are estimated, left out, or different on AWS. */
  readonly notes?: readonly string[];
}

/** A stage of the pipeline (flow.ts), or a state of the machine without a stage. */
export interface StepRun {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempts: number;
  /** Seconds between consecutive attempts. */
  readonly waits: readonly number[];
  /** Error of the last failed attempt, even if a later attempt succeeded. */
  readonly error?: string;
}

export interface ReceivedMessage {
  readonly topic: string;
  readonly subject: string;
  readonly firstLine: string;
}
