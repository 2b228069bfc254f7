import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import type { Start, Starts } from '@etl/pipeline/intake/starts';
import type { Logger } from 'pino';
import type { DeadLetters } from '../../activities/ports';
import type { Gate } from './gate';
import { isRefusal, type StartAnswer } from './startPipeline';

export interface Counts {
  started: number;
  duplicates: number;
  /** By reason. */
  readonly ignored: Record<string, number>;
  poison: number;
  /** Messages given back, to come again. */
  again: number;
}

export interface Intake {
  /** Since the start. */
  readonly counts: Counts;
  /** Takes nothing more, and returns when what is in hand is settled. */
  stop(): Promise<void>;
}

export interface IntakeSettings {
  readonly source: EventSource;
  readonly read: (body: string, messageId: string) => Starts;
  readonly start: (start: Start) => Promise<StartAnswer>;
  readonly gate: Gate;
  readonly deadLetters: Pick<DeadLetters, 'send'>;
  /** A message that Temporal refuses goes to the dead letters after so many times. */
  readonly maxReceives: number;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

/** Messages in hand at once, each of which is a call to Temporal or two. */
const maxInHand = 20;
const longestPauseSeconds = 60;

/** Makes runs of what a source brings, until it is stopped. No message is let go of before its pipeline is started. */
export function startIntake(settings: IntakeSettings): Intake {
  const { source, gate, log } = settings;
  const counts: Counts = { started: 0, duplicates: 0, ignored: {}, poison: 0, again: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;
  const inHand = new Set<Promise<void>>();

  const settle = async (delivery: Delivery): Promise<void> => {
    const { starts, ignored, problems } = read(delivery);
    for (const each of ignored) ignore(each);
    try {
      // Those that can be started are, before the rest is given up.
      for (const each of starts) await startOne(each);
    } catch (error) {
      if (!isRefusal(error)) gate.doubt();
      else if (delivery.receiveCount > settings.maxReceives) {
        const tries = `refused ${delivery.receiveCount} times, at last with: ${reasonOf(error)}`;
        return bury(delivery, 'NotStarted', tries);
      }
      return giveBack(delivery, error);
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

  const startOne = async (start: Start): Promise<void> => {
    const { workflowId, sourceUri } = start;
    if ((await settings.start(start)) === 'started') {
      counts.started++;
      gate.started();
      log.info({ workflowId, sourceUri }, 'a file has landed, its pipeline is started');
    } else {
      counts.duplicates++;
      log.debug({ workflowId, sourceUri }, 'news of a file that has come before');
    }
  };

  /** The letter first: a message is deleted only once it lies elsewhere. */
  const bury = async (delivery: Delivery, failureType: string, reason: string): Promise<void> => {
    try {
      const letter = { event: parsed(delivery.body), failureType, reason, workflowId: '', runId: '' };
      const letterId = await settings.deadLetters.send(letter);
      counts.poison++;
      log.error({ failureType, reason, letterId, messageId: delivery.id }, 'a message went to the dead letters');
    } catch (error) {
      return giveBack(delivery, error);
    }
    await delivery.done();
  };

  const giveBack = async (delivery: Delivery, error: unknown): Promise<void> => {
    counts.again++;
    const afterSeconds = Math.min(2 ** delivery.receiveCount, longestPauseSeconds);
    log.warn({ messageId: delivery.id, afterSeconds, error: reasonOf(error) }, 'a message comes again');
    await delivery.again(afterSeconds);
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

/** What Temporal itself said, where the SDK wraps it. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** As the workflow's letters have it: the event; a body that is no JSON, as the text it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
