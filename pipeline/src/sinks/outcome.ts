import { cut } from '@etl/lib/capped';
import type { Batch } from '../layout';

/** A commit that was applied to a sink. */
export interface AppliedSink {
  readonly sink: string;
  readonly state: 'applied';
  /** Number of the commit: the newest of the batch at that time. */
  readonly commit: number;
  /** What was applied where, in one line. */
  readonly detail: string;
}

/** Whether a commit was applied to a sink. */
export type SinkOutcome = AppliedSink | { readonly sink: string; readonly state: 'failed'; readonly reason: string };

/** Detail for a sink that was not changed because it already had a newer commit. */
export const newerCommit = 'the sink has a newer commit';

/** Maximum length of the reasons in the message of a failure, in characters. */
const maxReasons = 4000;

/** The failure `SinkFailed` of a run whose data is committed. */
export interface SinkFailure {
  readonly message: string;
  /** One reason for each sink that lacks the commit. */
  readonly reasons: readonly string[];
}

/** Begins the reason of a run that committed its data, but did not finish its sinks. */
export const committedWords = 'the data is committed';

/** Returns the failure of a run if a sink lacks the commit; undefined if every sink has it. */
export function sinkFailureOf(
  batch: Pick<Batch, 'dataset' | 'batchDate'>,
  outcomes: readonly SinkOutcome[],
): SinkFailure | undefined {
  const reasons = outcomes.flatMap((each) =>
    each.state === 'failed' ? [`${each.sink}: ${each.reason.replace(/\.$/, '')}`] : [],
  );
  if (reasons.length === 0) return undefined;
  const text = `${committedWords}, but ${reasons.length} of ${outcomes.length} sinks lack it: ${cut(reasons.join('; '), maxReasons)}`;
  return { message: `${text}. Finish with: ${replayCommand(batch)}`, reasons };
}

/** Returns the command that applies the newest commit of a batch to its sinks. */
export function replayCommand(batch: Pick<Batch, 'dataset' | 'batchDate'>): string {
  return ['npx etl', ...replayArgs(batch)].join(' ');
}

/** Returns the arguments of that command. */
export function replayArgs({ dataset, batchDate }: Pick<Batch, 'dataset' | 'batchDate'>): readonly string[] {
  return ['sink', 'replay', dataset, '--from', batchDate, '--to', batchDate];
}
