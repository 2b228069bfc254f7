import type { ColumnType } from './columns/types';
import type { QualityResult } from './quality/results';

/** Differences between a commit's schema and an earlier one of its dataset. */
export interface SchemaChanges {
  readonly previous: { readonly batchDate: string; readonly source: string };
  readonly gone: readonly string[];
  readonly types: readonly { readonly name: string; readonly was: string; readonly is: string }[];
  readonly added: readonly string[];
  /** Whether the columns that both schemas have are in another order. */
  readonly reordered: boolean;
}

/** Content of a committed batch. Written to the commit log and, unchanged, beside the published parts. */
export interface Manifest {
  readonly version: 1;
  readonly runId: string;
  readonly generation: number;
  /** Start of the workflow, ISO 8601; first part of the fence (see storage). */
  readonly runStartedAt: string;
  /** `@etl/image@<version>`: another program may write different parts. */
  readonly program: string;
  readonly optionsHash: string;
  readonly source: SourceIdentity;
  readonly batchDate: string;
  readonly dataset: string;
  /** Hash of the dataset's declaration; absent for a dataset that is not declared. */
  readonly declaration?: string;
  readonly schema: readonly SchemaColumn[];
  readonly parts: readonly Part[];
  readonly totals: Totals;
  readonly chunks: number;
  /** Number of parts adopted from an earlier generation. */
  readonly reused: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly resources: Resources;
  /** Column names, counts and line numbers, without cell values: warnings leave the data's folder. */
  readonly warnings: readonly string[];
  /**
   * Differences from the schema of the dataset's previous commit; absent when there are none, or no such commit is
   * known.
   */
  readonly schemaChanges?: SchemaChanges;
  /** Results of the quality rules, in their order; absent without rules. */
  readonly quality?: readonly QualityResult[];
  /** Rows of `dialect.footer`, which are not data and not in `totals`; absent when there are none. */
  readonly footerRows?: number;
  /** Rejected rows by reason; absent when no row was rejected. */
  readonly rejected?: Readonly<Record<string, number>>;
  /**
   * Files of rejected rows, one per chunk, relative to the batch's internal folder; absent when no row was rejected.
   */
  readonly rejects?: readonly string[];
  /** Number of dates that became null, by column; absent when there are none. */
  readonly coerced?: Readonly<Record<string, number>>;
  /** Examples of their values, by column. They stay beside the data. Absent in manifests of earlier versions. */
  readonly coercedExamples?: Readonly<Record<string, readonly string[]>>;
  /** Files that list these values, one per chunk, relative to the batch's internal folder. */
  readonly coercions?: readonly string[];
}

export interface SourceIdentity {
  readonly uri: string;
  readonly bytes: number;
  /** ETag on S3; size, modification time and inode on file systems. */
  readonly fingerprint: string;
}

export interface SchemaColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sourceName: string;
  /**
   * Stable ID from 1 to 2,000,000,000, derived from the normalised name alone (see columns/columnIds.ts): columns of
   * equal names have equal IDs in all batches. The columns of a schema have different IDs. Absent in manifests of
   * earlier versions.
   */
  readonly id?: number;
  /**
   * Greatest length of a written value, in bytes of UTF-8; 0 if all values are null. Only for `text` and `json`. Absent
   * in manifests of earlier versions, and in those with parts that were adopted from such a version.
   */
  readonly maxBytes?: number;
}

export interface Part {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /**
   * `commit/<run>-<hash>/part-…`, in the batch's commit folders; in a manifest that is not committed, and in
   * commits of earlier versions, `work/<run>-<generation>/part-…`, in its internal folder.
   */
  readonly location: string;
}

/** Row counts. Invariant: rowsRead = rowsWritten + rowsBlank + rowsRejected. */
export interface Totals {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsBlank: number;
  readonly rowsRejected: number;
  readonly datesCoerced: number;
}

export interface Resources {
  readonly peakMemoryMiB: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly rowsPerSecond: number;
  /** Processors of the task, and the threads that used them. */
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly threads: number;
  /**
   * Rows and memory over time, at most 60 samples; absent for a conversion of less than a second, for one by several
   * tasks, and in manifests of earlier versions.
   */
  readonly series?: readonly ResourceSample[];
}

/** State of a conversion at a time. */
export interface ResourceSample {
  /** Since the start of the program. */
  readonly seconds: number;
  /** Rows read so far, with those of an earlier launch. */
  readonly rows: number;
  /** Memory of the program at that time. */
  readonly memoryMiB: number;
}

/** Progress of a container, written beside its checkpoint while it works and read by the waiting activity. */
export interface Progress {
  readonly phase: 'starting' | 'converting' | 'publishing' | 'done' | 'failed';
  /** Stored bytes of the source up to the last converted row; for a compressed source, an estimate. */
  readonly bytesRead: number;
  /** Size of the source as stored. */
  readonly bytesTotal: number;
  readonly rowsRead: number;
  readonly parts: number;
  /** Number of the part that is being read. */
  readonly part?: number;
  /** Peak memory of the container so far. */
  readonly peakMemoryMiB?: number;
  readonly cpuSeconds?: number;
  readonly bytesWritten?: number;
  readonly rowsPerSecond?: number;
  readonly updatedAt: string;
  /** Cause of a failure, in one line: the alert carries it, even when the log is lost. */
  readonly failure?: string;
}
