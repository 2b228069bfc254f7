/** A commit that was applied to a sink. */
export interface AppliedSink {
  readonly sink: string;
  readonly state: 'applied';
  /** Number of the commit: the newest of the batch at that time. */
  readonly commit: number;
  /** What was applied where, in one line. */
  readonly detail: string;
}

/** How the application of a commit to a sink ended. */
export type SinkOutcome = AppliedSink | { readonly sink: string; readonly state: 'failed'; readonly reason: string };
