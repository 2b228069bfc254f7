import { orAborted } from '@etl/lib/orAborted';
import { budgets, credentials, steps } from '@etl/pipeline/definition';
import { layout } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { newerCommit, type SinkOutcome } from '@etl/pipeline/sinks/outcome';
import type { DeclaredSink } from '@etl/pipeline/sinks/sink';
import { classOf } from '../../../activities/classified';
import type { RunIdentity, SinkAnswer, SinkInput } from '../../../activities/contract';
import { applySink, type SinkPorts } from '../../../activities/sinks/applySink';
import { awaitSink } from '../../../activities/sinks/awaitSink';
import { begun, type Progress, progressUri, readProgress } from './progress';

export interface SinksRequest {
  readonly plan: Pick<Plan, 'batch' | 'destination' | 'sinks' | 'budgets'>;
  readonly run: RunIdentity;
  /** Number of earlier invocations of the state that have failed. */
  readonly retry: number;
}

/** Ends of an invocation. */
export interface Limits {
  /** Aborts when running statements are left to the next invocation. Each one is polled at least once. */
  readonly poll: AbortSignal;
  /** Aborts when calls are left to the next invocation that have not returned. */
  readonly end: AbortSignal;
}

/** How a sink has ended, or why it needs another invocation. */
export type SinkStep = SinkOutcome | { readonly sink: string; readonly state: 'pending'; readonly reason: string };

/**
 * Applies the newest commit of a batch to each of its sinks, independently of the others: one application of each sink
 * that has not ended.
 * @throws if the store fails; the sinks have then been applied as far as possible
 */
export async function applyToSinks(
  ports: SinkPorts,
  request: SinksRequest,
  limits: Limits,
): Promise<readonly SinkStep[]> {
  const sinks = Object.entries(request.plan.sinks ?? {});
  const ends = await Promise.allSettled(
    sinks.map(([name, sink]) => new Application(ports, request, limits, name, sink).run()),
  );
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** Removes the stored progress of an execution whose sinks have applied the commit. */
export async function forgetProgress({ store }: SinkPorts, { plan, run }: SinksRequest): Promise<void> {
  const place = layout(plan.destination, plan.batch);
  for (const name of Object.keys(plan.sinks ?? {})) await store.remove(progressUri(place, name, run.runId));
}

/** One invocation's part of the application to a sink. */
class Application {
  private progress: Progress = begun(undefined, true);
  private readonly uri: string;

  constructor(
    private readonly ports: SinkPorts,
    private readonly request: SinksRequest,
    private readonly limits: Limits,
    private readonly name: string,
    private readonly sink: DeclaredSink,
  ) {
    const { destination, batch } = request.plan;
    this.uri = progressUri(layout(destination, batch), name, request.run.runId);
  }

  async run(): Promise<SinkStep> {
    this.progress = begun(await readProgress(this.ports.store, this.uri), this.request.retry === 0);
    if (this.progress.outcome) return this.progress.outcome;
    let answer: SinkAnswer;
    try {
      answer = await orAborted(this.answer(), this.limits.end);
    } catch (error) {
      return this.limits.end.aborted ? this.pending('it has not answered yet') : this.afterError(error);
    }
    return this.afterAnswer(answer);
  }

  /** Submits the statement of the application unless it is known, and polls it. */
  private async answer(): Promise<SinkAnswer> {
    let { statement } = this.progress;
    if (!statement) {
      const answer = await applySink(this.ports, this.input());
      if (answer.state !== 'running') return answer;
      statement = { id: answer.statement, commit: answer.commit, since: Date.now() };
      await this.save({ ...this.progress, statement });
    }
    const { id, commit, since } = statement;
    const wait = { ...this.input(), statement: id, commit };
    const answer = await awaitSink(this.ports, wait, this.limits.poll).catch((error: Error) => {
      if (error.name === 'AbortError') return { state: 'running', statement: id, commit } as const;
      throw error;
    });
    const { totalTimeoutSeconds } = steps.awaitSink;
    if (answer.state !== 'running' || Date.now() - since < totalTimeoutSeconds * 1000) return answer;
    await this.cancel();
    const reason = `its statement has not ended within ${totalTimeoutSeconds / 3600} hours, and was cancelled`;
    return { state: 'failed', reason, retry: false, commit };
  }

  private input(): SinkInput {
    const { plan, run } = this.request;
    const { destination, batch } = plan;
    return { destination, batch, name: this.name, sink: this.sink, run, attempt: this.progress.attempt };
  }

  private async afterAnswer(answer: SinkAnswer): Promise<SinkStep> {
    const { failingSince, ...progress } = this.progress;
    if (answer.state === 'running') {
      if (failingSince !== undefined) await this.save(progress);
      return this.pending('its statement has not ended');
    }
    if (answer.state !== 'failed') {
      const detail = answer.state === 'applied' ? answer.detail : newerCommit;
      return this.ended({ sink: this.name, state: 'applied', commit: answer.commit, detail });
    }
    const { attempt, retries } = progress;
    const { maxRetries } = this.request.plan.budgets.sinks ?? budgets.sinks;
    if (!answer.retry || retries >= maxRetries) return this.failed(answer.reason);
    await this.save({ attempt: attempt + 1, retries: retries + 1 });
    return this.pending(answer.reason);
  }

  /** A call that failed is repeated with the same token, for as long as Temporal would repeat its activity. */
  private async afterError(error: unknown): Promise<SinkStep> {
    const { message, retry } = classOf(error) ?? { message: (error as Error).message };
    const since = this.progress.failingSince ?? Date.now();
    const step = this.progress.statement ? steps.awaitSink : steps.applySink;
    const seconds = retry === 'withinBudget' ? credentials.retrySeconds : step.totalTimeoutSeconds;
    if (retry === 'never' || Date.now() - since >= seconds * 1000) {
      await this.cancel();
      return this.failed(message);
    }
    await this.save({ ...this.progress, failingSince: since });
    return this.pending(message);
  }

  /** Best effort: the statement would go on without a run that knows its outcome. */
  private async cancel(): Promise<void> {
    const { statement } = this.progress;
    const { cancel } = this.ports.sinks(this.sink.type);
    if (statement) await cancel?.(statement.id, this.sink).catch(() => undefined);
  }

  private failed(reason: string): Promise<SinkOutcome> {
    return this.ended({ sink: this.name, state: 'failed', reason });
  }

  private async ended(outcome: SinkOutcome): Promise<SinkOutcome> {
    await this.save({ ...this.progress, outcome });
    return outcome;
  }

  private pending(reason: string): SinkStep {
    return { sink: this.name, state: 'pending', reason };
  }

  /** A process that was frozen with a call in flight must not overwrite what a later invocation has stored. */
  private async save(progress: Progress): Promise<void> {
    this.limits.end.throwIfAborted();
    this.progress = progress;
    await this.ports.store.write(this.uri, `${JSON.stringify(progress)}\n`);
  }
}
