import { createHash } from 'node:crypto';
import { cut } from '@etl/lib/capped';
import { parseJsonOr } from '@etl/lib/json';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import type { Start, Starts } from '@etl/pipeline/intake/starts';
import { StorageError } from '@etl/storage/objectStore';
import type { Logger } from 'pino';
import { type DeadLetter, LetterRefusedError } from '../../activities/ports';
import type { Gate } from './gate';
import { isRejection, type StartAnswer } from './startPipeline';

export interface Counts {
  started: number;
  duplicates: number;
  /** Counts by reason. */
  readonly ignored: Record<string, number>;
  poison: number;
  /** Poison messages whose dead letter the queue rejected: they are only in the log. */
  logged: number;
  /** Messages returned to the source for redelivery. */
  again: number;
}

export interface Intake {
  /** Counts since the start. */
  readonly counts: Counts;
  /** Stops receiving, and resolves once all messages in flight are settled. */
  stop(): Promise<void>;
}

export interface IntakeSettings {
  readonly source: EventSource;
  /** Throws a `StorageError` if the declarations of datasets cannot be read now. */
  readonly read: (body: string, messageId: string) => Starts | Promise<Starts>;
  readonly start: (start: Start) => Promise<StartAnswer>;
  readonly gate: Gate;
  readonly deadLetters: { send(letter: DeadLetter): Promise<string> };
  /** Receives after which a message whose pipeline cannot be started goes to the dead-letter queue. */
  readonly maxReceives: number;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

/** Maximum of messages in flight. Each of them makes one or two calls to Temporal. */
export const maxInFlight = 20;
const maxBackoffSeconds = 60;
/**
 * Delay in seconds before the redelivery of a message that exceeded its receives and whose dead letter cannot be sent.
 */
const letterRetrySeconds = 3600;
/** Characters of a message that the log keeps. An event of CloudWatch Logs has at most 256 KiB. */
const loggedLength = 50_000;

/**
 * Starts pipelines for the messages of a source until it is stopped. A message is deleted once its pipelines are
 * started or the dead-letter queue has it. A message whose letter the dead-letter queue refuses is logged in full and
 * deleted. While letters cannot be sent at all, messages stay in their queue.
 */
export function startIntake(settings: IntakeSettings): Intake {
  const { source, gate, log } = settings;
  const counts: Counts = { started: 0, duplicates: 0, ignored: {}, poison: 0, logged: 0, again: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;
  const inFlight = new Set<Promise<void>>();

  const settle = async (delivery: Delivery): Promise<void> => {
    const found = await read(delivery);
    if (found instanceof StorageError) return returnWithBackoff(delivery, found);
    const { starts, ignored, problems } = found;
    for (const each of ignored) ignore(each);
    let rejection: unknown;
    // Start every pipeline that can be started before the message becomes a dead letter.
    for (const each of starts) {
      try {
        if (!(await startOne(each))) return releaseNow(delivery);
      } catch (error) {
        if (isRejection(error)) rejection ??= error;
        else {
          gate.invalidate();
          return returnWithBackoff(delivery, error);
        }
      }
    }
    if (rejection !== undefined) {
      if (delivery.receiveCount <= settings.maxReceives) return returnWithBackoff(delivery, rejection);
      const reason = `rejected ${delivery.receiveCount} times, last error: ${reasonOf(rejection)}`;
      return sendToDeadLetters(delivery, 'NotStarted', reason);
    }
    if (problems.length > 0) return sendToDeadLetters(delivery, 'InvalidEvent', problems.join('; '));
    await delivery.done();
  };

  /** A message that cannot be read now cannot be read later either, unless the declarations were unavailable. */
  const read = async ({ body, id }: Delivery): Promise<Starts | StorageError> => {
    try {
      return await settings.read(body, id);
    } catch (error) {
      if (error instanceof StorageError) return error;
      return { starts: [], ignored: [], problems: [`the message cannot be parsed: ${reasonOf(error)}`] };
    }
  };

  const ignore = ({ reason, what }: Starts['ignored'][number]): void => {
    counts.ignored[reason] = (counts.ignored[reason] ?? 0) + 1;
    log.debug({ reason, what }, 'ignored an event');
  };

  /** Starts a pipeline once there is room for it. Returns false when the intake stops first. */
  const startOne = async (start: Start): Promise<boolean> => {
    const { workflowId, sourceUri } = start;
    const reservation = await gate.reserve(signal);
    if (!reservation) return false;
    const answer = await settings.start(start).catch((error: unknown) => {
      reservation.release();
      throw error;
    });
    if (answer === 'started') {
      counts.started++;
      reservation.commit();
      log.info({ workflowId, sourceUri }, 'started the pipeline of a landed file');
    } else {
      counts.duplicates++;
      reservation.release();
      log.debug({ workflowId, sourceUri }, 'ignored a duplicate event');
    }
    return true;
  };

  /** Sends the letter first: a message is deleted only once it is stored elsewhere. */
  const sendToDeadLetters = async (delivery: Delivery, failureType: string, reason: string): Promise<void> => {
    const { id: messageId, body, receiveCount } = delivery;
    try {
      // A body that is not valid JSON is kept as text.
      const letter = { event: parseJsonOr(body, body), failureType, reason, workflowId: '', runId: '' };
      const letterId = await settings.deadLetters.send(letter);
      counts.poison++;
      log.error({ failureType, reason, letterId, messageId }, 'sent a message to the dead-letter queue');
    } catch (error) {
      const isRejected = error instanceof LetterRefusedError;
      if (!isRejected && receiveCount <= settings.maxReceives) return returnWithBackoff(delivery, error);
      const facts = { failureType, reason, messageId, receiveCount, error: reasonOf(error), ...bodyRecord(body) };
      if (!isRejected) {
        counts.again++;
        log.error(
          facts,
          'cannot send the dead letter of a message, which stays in its queue: check the dead-letter queue',
        );
        return delivery.again(letterRetrySeconds);
      }
      counts.poison++;
      counts.logged++;
      log.error(facts, 'the dead-letter queue rejected the letter of a message: this line is its only record');
    }
    await delivery.done();
  };

  const returnWithBackoff = async (delivery: Delivery, error: unknown): Promise<void> => {
    counts.again++;
    const afterSeconds = Math.min(2 ** delivery.receiveCount, maxBackoffSeconds);
    log.warn({ messageId: delivery.id, afterSeconds, error: reasonOf(error) }, 'a message will be redelivered');
    await delivery.again(afterSeconds);
  };

  /**
   * Returns the message for another worker. The workflow IDs of pipelines already started make them duplicates there.
   */
  const releaseNow = async (delivery: Delivery): Promise<void> => {
    counts.again++;
    await delivery.again(0);
  };

  const accept = (delivery: Delivery): void => {
    const settled: Promise<void> = settle(delivery)
      .catch((error) => {
        log.warn({ messageId: delivery.id, error: reasonOf(error) }, 'a message may be redelivered');
      })
      .finally(() => inFlight.delete(settled));
    inFlight.add(settled);
  };

  const consume = async (): Promise<void> => {
    while (!signal.aborted) {
      const free = Math.min(maxInFlight, await gate.waitForRoom(signal)) - inFlight.size;
      if (signal.aborted) break;
      if (free > 0) for (const delivery of await source.receive(free, signal)) accept(delivery);
      else await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    await source.close();
    log.info({ source: source.name, ...counts }, 'intake stopped');
  };

  const consuming = consume();
  return {
    counts,
    stop: async () => {
      stopping.abort();
      await consuming;
    },
  };
}

/** Returns the error's message with that of its cause, which has Temporal's own message where the SDK wraps it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return cut(String(error));
  const { message, cause } = error;
  return cut(cause instanceof Error ? `${message}: ${cause.message}` : message);
}

/** Returns the record of a message that is stored only in the log. */
function bodyRecord(body: string) {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { body: cut(body, loggedLength), bodyBytes: Buffer.byteLength(body), sha256 };
}
