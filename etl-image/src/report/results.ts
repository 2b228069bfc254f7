export interface ConvertedShard {
  readonly status: 'converted';
  readonly shard: string;
  /** URI of the shard's report. */
  readonly report: string;
  readonly chunks: number;
  readonly rows: number;
}
export interface BuiltIndex {
  readonly status: 'indexed';
  /** URI of the index. */
  readonly index: string;
  readonly chunks: number;
  readonly rows: number;
}
