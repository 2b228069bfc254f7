import type { Cell } from '@etl/pipeline/calendar/cell';
import type { RunView } from '@etl/pipeline/runs/runView';

/** What a page about a night shows. */
export interface NightReport {
  /** Batch date, `YYYY-MM-DD`. */
  readonly date: string;
  /** Dataset that the page is limited to; absent for all. */
  readonly dataset?: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** Cells of the last 30 batch dates, of each dataset. */
  readonly cells: readonly DatasetDay[];
  /** Runs of the batch date. */
  readonly runs: readonly NightRun[];
  /** Runs of files by batch date, of the same days as the cells. */
  readonly days: readonly DayTotals[];
  /** What the page lacks and why, one sentence each. */
  readonly notes: readonly string[];
}

export interface DatasetDay {
  readonly dataset: string;
  readonly day: string;
  readonly cell: Cell;
  /** Command that delivers a batch without a run: it is missing, or late. */
  readonly command?: string;
}

export interface NightRun {
  readonly view: RunView;
  /** Rows of the commit of the source; absent if the run delivered nothing, or the manifest was not read. */
  readonly rows?: number;
}

export interface DayTotals {
  readonly day: string;
  readonly runs: number;
  readonly failed: number;
  /** Time of all runs of files, from start to end. */
  readonly seconds: number;
}
