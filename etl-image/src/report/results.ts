export interface Sharded {
  readonly status: 'converted';
  readonly shard: string;
  /** Where its report lies. */
  readonly report: string;
  readonly chunks: number;
  readonly rows: number;
}
export interface Indexed {
  readonly status: 'indexed';
  /** Where the index lies. */
  readonly index: string;
  readonly chunks: number;
  readonly rows: number;
}
