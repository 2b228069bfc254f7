import type { LaunchCost } from '@etl/pipeline/costs/runCost';
import type { Launch } from '@etl/pipeline/launches';
import type { Manifest } from '@etl/pipeline/manifest';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { KnownSchema } from '@etl/pipeline/schemaChanges';
import type { Timeline } from '../charts/timeline';

/** What a page about a run shows. Every part but the view may be missing, whatever has happened to the run. */
export interface RunReport {
  readonly view: RunView;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** Absent if the server no longer has the history. */
  readonly timeline?: Timeline;
  readonly commit?: ReportedCommit;
  /** Newest commit of the dataset's previous batch date. */
  readonly previous?: PreviousCommit;
  readonly rejects?: RejectSample;
  readonly costs: RunCosts;
  readonly sinks: readonly SinkState[];
  readonly links: readonly PageLink[];
  /** What the page lacks and why, one sentence each. */
  readonly notes: readonly string[];
}

export interface ReportedCommit {
  /** Number in the commit log of the batch: 1, 2, … */
  readonly number: number;
  readonly manifest: Manifest;
  /** Whether this run has made the commit. A run that found its data delivered shows the commit that it found. */
  readonly isOwn: boolean;
}

export interface PreviousCommit extends KnownSchema {
  readonly rowsWritten: number;
}

export interface RejectSample {
  readonly rows: readonly RejectedRow[];
  /** Whether they lie beside the commit. Those of a run that published nothing are in its work folder. */
  readonly isCommitted: boolean;
}

/** A line of a file of rejects. */
export interface RejectedRow {
  readonly line: number;
  readonly column?: string;
  readonly reason: string;
  /** The row as in the source, truncated. */
  readonly raw: string;
}

export interface RunCosts {
  readonly launches: readonly (LaunchCost & { readonly launch?: Launch })[];
  readonly estimateUsd?: number;
}

export interface SinkState {
  readonly sink: string;
  readonly state: 'applied' | 'failed' | 'behind';
  readonly detail: string;
  /** ISO 8601: latest application. */
  readonly at?: string;
}

export interface PageLink {
  readonly name: string;
  /** Shown text: an address, a path or an ID. */
  readonly text: string;
  /** HTTP address; absent where none exists. */
  readonly url?: string;
}
