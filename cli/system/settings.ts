import type { FaultPlan } from '../../local/faults/plan';

/** How the local system is to be started. */
export interface SystemSettings {
  readonly stateDir: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  /** Of a server of our own; created where it does not exist. @default 'default' */
  readonly namespace?: string;
  readonly ecsPort: number;
  /** Whether Temporal keeps its workflows in a file, and so over a restart. */
  readonly persistent: boolean;
  /** What is to go wrong at the Fargate endpoint once everything runs (docs/faults.md). */
  readonly faults?: FaultPlan | undefined;
  /** A folder whose files start pipelines. */
  readonly watch?: string | undefined;
  readonly say: (line: string) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}
