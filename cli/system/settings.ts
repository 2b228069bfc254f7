import type { FaultPlan } from '../../local/faults/plan';

/** How the local system is to be started. */
export interface SystemSettings {
  readonly stateDir: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly ecsPort: number;
  /** Whether Temporal keeps its workflows in a file, and so over a restart. */
  readonly persistent: boolean;
  /** What is to go wrong at the Fargate endpoint once everything runs (docs/faults.md). */
  readonly faults?: FaultPlan | undefined;
  /** A folder whose files start pipelines. */
  readonly watch?: string | undefined;
  readonly say: (line: string) => void;
  /** Aborts what takes long at the start: fetching a server. */
  readonly signal: AbortSignal;
}
