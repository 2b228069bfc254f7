import type { FaultPlan } from '@etl/fargate/faults/plan';

/** Settings of a local system. */
export interface SystemSettings {
  readonly stateDir: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  /** Namespace of the local system's own server, created if missing. @default 'default' */
  readonly namespace?: string;
  readonly ecsPort: number;
  /** Whether Temporal stores its workflows in a file, so that they survive a restart. */
  readonly persistent: boolean;
  /** Whether a server without Web UI and schedules is enough, if a complete one takes long to get. @default false */
  readonly isDemo?: boolean;
  /** Faults of the Fargate endpoint once all parts run (docs/faults.md). */
  readonly faults?: FaultPlan | undefined;
  /** Folder whose files start pipelines. */
  readonly watch?: string | undefined;
  /** Path of a program that uses `runEtlWorker`. @default the worker of this package */
  readonly worker?: string | undefined;
  /** Called with the process of a part when it has started, also after a crash. */
  readonly onPart?: (name: string, pid: number) => void;
  readonly log: (line: string) => void;
  /** Aborts a start that is under way. */
  readonly signal: AbortSignal;
}
