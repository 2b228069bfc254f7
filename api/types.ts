/** Event that starts a run: the input of `etlPipeline`. docs/event.md describes its keys. */
export interface EtlEvent {
  readonly detail: EtlEventDetail;
}

export interface EtlEventDetail {
  /** `s3://bucket/key`, `file:///path`, or a key relative to `S3_RAW_BUCKET`. */
  readonly s3Key: string;
  /** YYYY-MM-DD. */
  readonly batchDate: string;
  /** @default the name of the file's folder */
  readonly dataset?: string;
  /** @default derived from the name and the location of the file */
  readonly source?: string;
  /** URI. @default `S3_CLEAN_BUCKET` */
  readonly destination?: string;
  /** URI of the file, or of a folder with a trailing slash, whose data this source replaces in its batch. */
  readonly replaces?: string;
  /** Converts the file even if it is already delivered with these options. @default false */
  readonly force?: boolean;
  /** Types by normalised column name. @default inferred */
  readonly columns?: Readonly<Record<string, EtlColumnType | EtlColumn>>;
  /** @default detected */
  readonly dialect?: {
    readonly delimiter?: string;
    readonly quote?: string;
    readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
    readonly decimal?: '.' | ',';
    readonly dateOrder?: 'dmy' | 'mdy';
    /** Lines before the header. @default 0 */
    readonly skipLines?: number;
    /** Rows that begin with this text are not data. */
    readonly footer?: { readonly prefix: string };
  };
  readonly quality?: {
    /** A batch with fewer rows than `min` is blocked, or held until it is approved. @default at least 1 row, block */
    readonly rowCount?: { readonly min?: number; readonly level?: 'block' | 'hold' };
  };
  /** Limits of rejected rows. `maxShare`: 0 to 1. */
  readonly rejects?: { readonly maxShare?: number; readonly maxRows?: number; readonly level?: 'block' | 'hold' };
  /** Source rows per part. @default 500000 */
  readonly chunkRows?: number;
  /** @default by the routing policy (docs/routing.md) */
  readonly compute?: {
    readonly lane?: 'auto' | 'light' | 'fargate';
    readonly shards?: number;
    readonly deadlineMinutes?: number;
    readonly budgetUsd?: number;
    readonly maxCostUsd?: number;
    readonly acceptSize?: boolean;
    /** CPU units: 1024 per vCPU. */
    readonly cpu?: number;
    /** MiB. */
    readonly memory?: number;
    readonly ephemeralStorageGiB?: number;
    readonly spot?: boolean;
    readonly timeoutSeconds?: number;
    readonly startTimeoutSeconds?: number;
  };
  /** `none`: the caller reports the outcome. @default 'each' */
  readonly notifications?: 'each' | 'none';
}

/** Type of a column (docs/csv.md). */
export type EtlColumnType =
  | ('text' | 'integer' | 'int32' | 'double' | 'boolean')
  | ('date' | 'time' | 'timestamp' | 'timestamptz' | 'json')
  | `decimal(${number},${number})`;

/** A column's type, and how its values are read (docs/csv.md). */
export interface EtlColumn {
  readonly type: EtlColumnType;
  /** Whether a null rejects its row. @default false */
  readonly required?: boolean;
  readonly trim?: boolean;
  readonly nullValues?: string[];
  readonly trueValues?: string[];
  readonly falseValues?: string[];
  /** @default `dialect.decimal` */
  readonly decimal?: '.' | ',';
  readonly thousands?: '.' | ',' | ' ' | "'" | '_';
  /** Pattern of java.time.format.DateTimeFormatter, such as dd/MM/yyyy. */
  readonly format?: string;
  /** IANA name. */
  readonly timeZone?: string;
}

/** Partition that a run delivers: one source's data for one batch date. */
export interface EtlBatch {
  readonly dataset: string;
  /** YYYY-MM-DD. */
  readonly batchDate: string;
  readonly source: string;
}

/** Row counts: `rowsRead` is the sum of written, blank and rejected rows. */
export interface EtlTotals {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsBlank: number;
  readonly rowsRejected: number;
  /** Dates that could not be read and became null. */
  readonly datesCoerced: number;
}

/** Current state of a run. */
export interface EtlStatus {
  /** `validate`, `launch`, `transform`, `held`, `notify`, `done` … New steps may be added. */
  readonly step: string;
  /** Why the run waits, or how it ended. */
  readonly note?: string;
  /** Number of the launch: 1, 2, … */
  readonly generation?: number;
  readonly taskArn?: string;
}
