import type { ColumnType } from './options';

/** How a commit's schema differs from an earlier one of its dataset. */
export interface SchemaChanges {
  readonly previous: { readonly batchDate: string; readonly source: string };
  readonly gone: readonly string[];
  readonly types: readonly { readonly name: string; readonly was: string; readonly is: string }[];
  readonly added: readonly string[];
  /** Whether the columns that both have are in another order. */
  readonly reordered: boolean;
}

/** What a committed batch consists of. Written to the commit log and, unchanged, beside the published parts. */
export interface Manifest {
  readonly version: 1;
  readonly runId: string;
  readonly generation: number;
  /** The workflow's start, ISO 8601; first part of the fence (see storage). */
  readonly runStartedAt: string;
  /** `@etl/image@<version>`: another program may give other parts. */
  readonly program: string;
  readonly optionsHash: string;
  readonly source: SourceIdentity;
  readonly batchDate: string;
  readonly dataset: string;
  readonly schema: readonly SchemaColumn[];
  readonly parts: readonly Part[];
  readonly totals: Totals;
  readonly chunks: number;
  /** Parts adopted from an earlier generation. */
  readonly reused: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly resources: Resources;
  /** Names of columns, counts and lines, without values of cells: they are sent on. */
  readonly warnings: readonly string[];
  /** How the schema differs from that of the dataset's commit before; absent when it is the same, or none is known. */
  readonly schemaChanges?: SchemaChanges;
  /** Rejected rows by reason; absent when nothing was rejected. */
  readonly rejected?: Readonly<Record<string, number>>;
  /** Files of rejected rows, a chunk each, relative to the batch's internal folder; absent when nothing was rejected. */
  readonly rejects?: readonly string[];
  /** Dates that became null, by column; absent when there are none. */
  readonly coerced?: Readonly<Record<string, number>>;
  /** Some of their values, by column. They stay beside the data. Absent in manifests of earlier versions. */
  readonly coercedExamples?: Readonly<Record<string, readonly string[]>>;
  /** Files that list them, a chunk each, relative to the batch's internal folder. */
  readonly coercions?: readonly string[];
}

export interface SourceIdentity {
  readonly uri: string;
  readonly bytes: number;
  /** ETag on S3; size, modification time and inode on files. */
  readonly fingerprint: string;
}

export interface SchemaColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sourceName: string;
}

export interface Part {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Where the bytes were written once, relative to the batch's internal folder: `work/<run>-<generation>/part-…`. */
  readonly location: string;
}

/** Always rowsRead = rowsWritten + rowsBlank + rowsRejected. */
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
  /** What the task had: processors, and the threads that were used of them. */
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly threads: number;
}

/** How far a container is, written beside its checkpoint while it works; the waiting activity reads it. */
export interface Progress {
  readonly phase: 'starting' | 'converting' | 'publishing' | 'done' | 'failed';
  readonly bytesRead: number;
  /** Size of the source as stored; with compression, bytesRead counts the same stored bytes. */
  readonly bytesTotal: number;
  readonly rowsRead: number;
  readonly parts: number;
  /** Of the part that is being read. */
  readonly part?: number;
  /** What the container used until now. */
  readonly peakMemoryMiB?: number;
  readonly cpuSeconds?: number;
  readonly bytesWritten?: number;
  readonly rowsPerSecond?: number;
  readonly updatedAt: string;
  /** The cause, in one line, once the container has failed: the alert carries it, whatever becomes of the log. */
  readonly failure?: string;
}
