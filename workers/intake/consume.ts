import { createHash } from 'node:crypto';
import { cut } from '@etl/lib/capped';
import { parseJsonOr } from '@etl/lib/json';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import type { Start, Starts } from '@etl/pipeline/intake/starts';
import type { Logger } from 'pino';
import { type DeadLetter, LetterRefusedError } from '../../activities/ports';
import type { Gate } from './gate';
import { isRefusal, type StartAnswer } from './startPipeline';

export interface Counts {
  started: number;
  duplicates: number;
  /** Counts by reason. */
  readonly ignored: Record<string, number>;
  poison: number;
  /** Poison messages whose dead letter the queue refused: only the log has them. */
  logged: number;
  /** Messages returned to the source for redelivery. */
  again: number;
}

export interface Intake {
  /** Counts since the start. */
  readonly counts: Counts;
  /** Stops receiving, and resolves once all messages in hand are settled. */
  stop(): Promise<void>;
}

export interface IntakeSettings {
  readonly source: EventSource;
  readonly read: (body: string, messageId: string) => Starts;
  readonly start: (start: Start) => Promise<StartAnswer>;
  readonly gate: Gate;
  readonly deadLetters: { send(letter: DeadLetter): Promise<string> };
  /** Receives after which a message whose pipeline cannot be started goes to the dead-letter queue. */
  readonly maxReceives: number;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

/** Maximum of messages in hand. Each of them makes one or two calls to Temporal. */
export const maxInHand = 20;
const longestPauseSeconds = 60;
/**
 * Delay in seconds before the redelivery of a message that exceeded its receives and whose dead letter cannot be sent.
 */
const letterPauseSeconds = 3600;
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
  const inHand = new Set<Promise<void>>();

  const settle = async (delivery: Delivery): Promise<void> => {
    const { starts, ignored, problems } = read(delivery);
    for (const each of ignored) ignore(each);
    let refused: unknown;
    // Start every pipeline that can be started before the message is given up.
    for (const each of starts) {
      try {
        if (!(await startOne(each))) return letGo(delivery);
      } catch (error) {
        if (isRefusal(error)) refused ??= error;
        else {
          gate.doubt();
          return giveBack(delivery, error);
        }
      }
    }
    if (refused !== undefined) {
      if (delivery.receiveCount <= settings.maxReceives) return giveBack(delivery, refused);
      const tries = `refused ${delivery.receiveCount} times, at last with: ${reasonOf(refused)}`;
      return bury(delivery, 'NotStarted', tries);
    }
    if (problems.length > 0) return bury(delivery, 'InvalidEvent', problems.join('; '));
    await delivery.done();
  };

  /** A message that cannot be read now cannot be read later either. */
  const read = ({ body, id }: Delivery): Starts => {
    try {
      return settings.read(body, id);
    } catch (error) {
      return { starts: [], ignored: [], problems: [`it cannot be read: ${reasonOf(error)}`] };
    }
  };

  const ignore = ({ reason, what }: Starts['ignored'][number]): void => {
    counts.ignored[reason] = (counts.ignored[reason] ?? 0) + 1;
    log.debug({ reason, what }, 'news of a file that is not ours');
  };

  /** Starts a pipeline once there is room for it. Returns false when the intake stops first. */
  const startOne = async (start: Start): Promise<boolean> => {
    const { workflowId, sourceUri } = start;
    const place = await gate.take(signal);
    if (!place) return false;
    const answer = await settings.start(start).catch((error: unknown) => {
      place.free();
      throw error;
    });
    if (answer === 'started') {
      counts.started++;
      place.started();
      log.info({ workflowId, sourceUri }, 'a file has landed, its pipeline is started');
    } else {
      counts.duplicates++;
      place.free();
      log.debug({ workflowId, sourceUri }, 'news of a file that has come before');
    }
    return true;
  };

  /** Sends the letter first: a message is deleted only once it is kept elsewhere. */
  const bury = async (delivery: Delivery, failureType: string, reason: string): Promise<void> => {
    const { id: messageId, body, receiveCount } = delivery;
    try {
      // A body that is not valid JSON is kept as text.
      const letter = { event: parseJsonOr(body, body), failureType, reason, workflowId: '', runId: '' };
      const letterId = await settings.deadLetters.send(letter);
      counts.poison++;
      log.error({ failureType, reason, letterId, messageId }, 'a message went to the dead letters');
    } catch (error) {
      const isRefused = error instanceof LetterRefusedError;
      if (!isRefused && receiveCount <= settings.maxReceives) return giveBack(delivery, error);
      const facts = { failureType, reason, messageId, receiveCount, error: reasonOf(error), ...recordOf(body) };
      if (!isRefused) {
        counts.again++;
        log.error(
          facts,
          'no dead letter can be sent for a message, which stays in its queue: check the dead-letter queue',
        );
        return delivery.again(letterPauseSeconds);
      }
      counts.poison++;
      counts.logged++;
      log.error(facts, 'the dead-letter queue refuses the letter of a message, which only this line keeps');
    }
    await delivery.done();
  };

  const giveBack = async (delivery: Delivery, error: unknown): Promise<void> => {
    counts.again++;
    const afterSeconds = Math.min(2 ** delivery.receiveCount, longestPauseSeconds);
    log.warn({ messageId: delivery.id, afterSeconds, error: reasonOf(error) }, 'a message comes again');
    await delivery.again(afterSeconds);
  };

  /**
   * Returns the message for another worker. The workflow IDs of pipelines already started make them duplicates there.
   */
  const letGo = async (delivery: Delivery): Promise<void> => {
    counts.again++;
    await delivery.again(0);
  };

  const take = (delivery: Delivery): void => {
    const settled: Promise<void> = settle(delivery)
      .catch((error) => {
        log.warn({ messageId: delivery.id, error: reasonOf(error) }, 'a message may come again');
      })
      .finally(() => inHand.delete(settled));
    inHand.add(settled);
  };

  const consume = async (): Promise<void> => {
    while (!signal.aborted) {
      const free = Math.min(maxInHand, await gate.room(signal)) - inHand.size;
      if (signal.aborted) break;
      if (free > 0) for (const delivery of await source.receive(free, signal)) take(delivery);
      else await Promise.race(inHand);
    }
    await Promise.all(inHand);
    await source.close();
    log.info({ source: source.name, ...counts }, 'the intake has ended');
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

/** Returns the log's record of a message that is kept nowhere else. */
function recordOf(body: string) {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { body: cut(body, loggedLength), bodyBytes: Buffer.byteLength(body), sha256 };
}
