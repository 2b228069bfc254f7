import { setTimeout as delay } from 'node:timers/promises';
import { capped, cut } from '@etl/lib/capped';
import { joinUri } from '@etl/lib/uri';
import { containerEnvironment } from '@etl/pipeline/container';
import { credentials } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import { lightLimits } from '@etl/pipeline/routing/policy';
import type { TaskHeartbeat } from '@etl/pipeline/runStatus';
import type { ObjectStore } from '@etl/storage/objectStore';
import { classOf } from './classified';
import type { LightInput } from './contract';
import type { Note } from './heartbeat';
import { containerInput } from './launchTask';
import { type LightConverter, LightConverterError, type LightEnd } from './ports';
import type { ProgressReader } from './progressReader';

export interface LightContext {
  readonly converter: LightConverter | undefined;
  readonly store: Pick<ObjectStore, 'write'>;
  readonly progress: Pick<ProgressReader, 'follow'>;
  /** Sets the heartbeat details, which Temporal shows with the pending activity. */
  readonly note: Note;
  /** Receives each progress that was read. */
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /**
   * Seconds for which refused credentials are retried. The retries are here, since Temporal never retries a conversion.
   * @default credentials.retrySeconds
   */
  readonly credentialSeconds?: number;
  /** First backoff, in seconds. Tests shorten it. @default 0.5 */
  readonly firstPauseSeconds?: number;
}

/** Log lines that a failure carries. */
const tailLines = 20;

/** Seconds for which a busy converter is retried. The workflow handles longer waits. */
const retrySeconds = 240;

/**
 * Runs the whole conversion once. Retries only calls that were refused before anything started.
 * @throws {ThrottledError} if the call is still throttled after the retries
 * @throws {CredentialsError} if the credentials are still refused after the retries
 * @throws {LightConverterError}
 */
export async function convertLight(context: LightContext, input: LightInput): Promise<LightEnd> {
  const { converter, signal, firstPauseSeconds = 0.5 } = context;
  if (!converter) throw new LightConverterError('this worker has no light lane');
  const startedAt = performance.now();
  for (let pause = firstPauseSeconds; ; pause = Math.min(pause * 2, 20)) {
    signal.throwIfAborted();
    try {
      const end = await convertOnce(context, converter, input);
      // The log explains a failure. After a success, readers find the manifest with the batch.
      return {
        ...end,
        ...reasonOf(end),
        logTail: end.exitCode === exitCodes.done ? [] : capped(end.logTail, tailLines),
      };
    } catch (error) {
      // Jitter of up to half the pause, so that calls that were refused together are not retried together.
      const seconds = pause * (0.5 + Math.random() / 2);
      const waited = (performance.now() - startedAt) / 1000;
      if (waited + seconds > retrySecondsFor(error, context)) throw error;
      await delay(seconds * 1000, undefined, { signal });
    }
  }
}

/**
 * Returns the seconds for which an error is retried; 0 for an error that may have occurred after the conversion
 * started.
 */
function retrySecondsFor(error: unknown, { credentialSeconds = credentials.retrySeconds }: LightContext): number {
  const { type, retry } = classOf(error) ?? {};
  if (retry === 'withinBudget') return Math.min(credentialSeconds, retrySeconds);
  return type === 'Throttled' ? retrySeconds : 0;
}

async function convertOnce(context: LightContext, converter: LightConverter, input: LightInput): Promise<LightEnd> {
  const timeoutSeconds = Math.min(input.plan.timings.timeoutSeconds, lightLimits.timeoutSeconds);
  const { store, signal } = context;
  const environment = containerEnvironment({ ...(await containerInput(store, input)), timeoutSeconds });
  return reported(context, input, () => converter.convert({ environment, timeoutSeconds, signal }));
}

/** Runs a conversion and reports its progress meanwhile. */
async function reported<T>(context: LightContext, input: LightInput, convert: () => Promise<T>): Promise<T> {
  const { plan, run, generation } = input;
  const work = layout(plan.destination, plan.batch).work(run.runId, generation);
  const followed = context.progress.follow(joinUri(work, progressName), performance.now(), (progress) => {
    const details: TaskHeartbeat = { generation, progress };
    context.note(details, true);
    context.onProgress(progress);
  });
  try {
    return await convert();
  } finally {
    followed.stop();
  }
}

/** Shortens the reason: a function may return any thrown text. */
function reasonOf({ reason }: LightEnd): Pick<LightEnd, 'reason'> {
  return reason === undefined ? {} : { reason: cut(reason) };
}
