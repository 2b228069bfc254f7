import { type Budget, waitSeconds } from '@etl/pipeline/budgets';
import type { Batch } from '@etl/pipeline/layout';
import { type AppliedSink, newerCommit, type SinkOutcome, sinkFailureOf } from '@etl/pipeline/sinks/outcome';
import type { DeclaredSink, Sinks } from '@etl/pipeline/sinks/sink';
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { RunIdentity, SinkAnswer, SinkInput } from '../activities/contract';
import { applySink, awaitSink, cancelSink, withSummary } from './activities';
import { recordApplication } from './facts';
import { asFailure, failure } from './failures';

/** A batch, and the sinks to which its newest commit is applied. */
export interface SinkStage {
  readonly destination: string;
  readonly batch: Batch;
  readonly sinks: Sinks;
  readonly run: RunIdentity;
  readonly budget: Budget;
}

/**
 * Applies the newest commit of a batch to all sinks, independently of each other: a failure of one sink does not affect
 * the others.
 * @throws the cancellation, after it has cancelled the running statements
 */
export async function applySinks(stage: SinkStage): Promise<readonly SinkOutcome[]> {
  const ends = await Promise.allSettled(
    Object.entries(stage.sinks).map(([name, sink]) => applyWithRetries(stage, name, sink)),
  );
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

async function applyWithRetries(stage: SinkStage, name: string, sink: DeclaredSink): Promise<SinkOutcome> {
  for (let attempt = 1; ; attempt++) {
    const answer = await applyOnce(stage, { name, sink, attempt });
    const isLast = answer.state === 'applied' || attempt > stage.budget.maxRetries || !answer.retry;
    recordApplication(stage.batch, { name, type: sink.type, attempt }, isLast ? answer.state : 'retried');
    if (answer.state === 'applied')
      return { sink: name, state: 'applied', commit: answer.commit, detail: answer.detail };
    if (isLast) return { sink: name, state: 'failed', reason: answer.reason };
    await sleep(1000 * waitSeconds(stage.budget, attempt, Math.random()), {
      summary: `${name} again, attempt ${attempt + 1}`,
    });
  }
}

type Ended = Extract<SinkAnswer, { state: 'applied' }> | { state: 'failed'; reason: string; retry: boolean };

async function applyOnce(
  { destination, batch, run }: SinkStage,
  which: Pick<SinkInput, 'name' | 'sink' | 'attempt'>,
): Promise<Ended> {
  const input = { destination, batch, run, ...which };
  const summary = withSummary(`${which.name}: ${batch.dataset} ${batch.batchDate} ${batch.source}`);
  try {
    const answer = await applySink.executeWithOptions(summary, [input]);
    return ended(answer.state === 'running' ? await awaited({ ...input, ...answer }) : answer);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { state: 'failed', reason: asFailure(error).message, retry: false };
  }

  async function awaited({ statement, commit }: { statement: string; commit: number }): Promise<SinkAnswer> {
    const wait = { ...input, statement, commit };
    try {
      return await awaitSink.executeWithOptions(summary, [wait]);
    } catch (error) {
      // The statement would continue to run, and its outcome would not be recorded.
      await CancellationScope.nonCancellable(() => cancelSink.executeWithOptions(summary, [wait])).catch(
        () => undefined,
      );
      throw error;
    }
  }
}

function ended(answer: SinkAnswer): Ended {
  if (answer.state === 'superseded') return { ...answer, state: 'applied', detail: newerCommit };
  if (answer.state === 'running')
    return { state: 'failed', reason: 'the statement of the sink is still running', retry: true };
  return answer;
}

/**
 * Returns the outcomes if every sink has applied the commit.
 * @throws `SinkFailed` if a sink lacks the commit. The data is committed and stays published
 */
export function allApplied(
  { batch }: Pick<SinkStage, 'batch'>,
  outcomes: readonly SinkOutcome[],
): readonly AppliedSink[] {
  const behind = sinkFailureOf(batch, outcomes);
  if (behind) throw failure('SinkFailed', behind.message, { logTail: behind.reasons });
  return outcomes.filter((outcome) => outcome.state === 'applied');
}
