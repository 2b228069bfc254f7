import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventKey, type LetterPlaces } from '@etl/pipeline/deadLetters/eventKey';
import { deadLetterMarker } from '@etl/pipeline/layout';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { DeadLetter, DeadLetters, LetterQueue } from '../ports';
import { createMarkers, type LatestFailure, type LetterMarker } from './markers';

export interface OnePerEventSettings {
  readonly queue: LetterQueue;
  readonly store: ObjectStore;
  readonly places: LetterPlaces;
  /** Milliseconds that sending a letter may take. Afterwards its sender counts as dead. @default 10,000 */
  readonly sendTimeoutMs?: number;
  /** Milliseconds between two checks of a letter that another worker is sending. @default 250 */
  readonly pollMs?: number;
}

/**
 * Milliseconds by which the message count of SQS may lag.
 * @see Amazon SQS API, GetQueueAttributes
 */
const countDelayMs = 300_000;

/**
 * Sends one letter per event to a queue, with markers in the clean bucket. A failure whose event has a letter is
 * recorded beside the marker; a delivery removes both. In doubt the letter is sent: `etl dlq` groups two letters of one
 * event, but an unsent letter would be lost.
 */
export function createOnePerEvent(settings: OnePerEventSettings): DeadLetters {
  const { queue, store, places, sendTimeoutMs = 10_000, pollMs = 250 } = settings;
  const markers = createMarkers(store);

  /**
   * Records a failure beside the marker of its event's letter, which also yields the time of the store. Returns
   * `removed` if the marker has been replaced or removed, and `gone` if the queue no longer keeps the letter, so that
   * the failure needs a new one.
   */
  const recordFailure = async (
    uri: string,
    { claim }: LetterMarker,
    latest: LatestFailure,
  ): Promise<'written' | 'removed' | 'gone'> => {
    await markers.setLatest(uri, latest);
    if ((await markers.read(uri))?.claim !== claim) return 'removed';
    const ageMs = await markers.ageMs(uri);
    if (ageMs === undefined) return 'removed';
    const state = await queue.state();
    if (!state || ageMs >= state.retentionSeconds * 1000) return 'gone';
    return state.letters === 0 && ageMs > countDelayMs ? 'gone' : 'written';
  };

  /**
   * Returns the marker that the caller created and must send a letter for; the ID of the letter that the event already
   * has; or undefined if the deadline passed first.
   */
  const claim = async (uri: string, letter: DeadLetter, failedAt: Date): Promise<LetterMarker | string | undefined> => {
    const begun = performance.now();
    let watched = { claim: '', since: begun };
    for (; performance.now() - begun < 2 * sendTimeoutMs; await sleep(pollMs)) {
      const known = await markers.read(uri);
      if (!known) {
        const marker = newMarker(letter, failedAt);
        if (await markers.create(uri, marker)) return marker;
        continue;
      }
      if (known.letterId !== undefined) {
        const outcome = await recordFailure(uri, known, { ...letter, failedAt: failedAt.toISOString() });
        if (outcome === 'written') return known.letterId;
        if (outcome === 'removed') continue;
      }
      if (known.claim !== watched.claim) watched = { claim: known.claim, since: performance.now() };
      const isDead = known.letterId !== undefined || performance.now() - watched.since > sendTimeoutMs;
      if (isDead) await markers.retire(uri, known);
    }
    return undefined;
  };

  const send = async (letter: DeadLetter, failedAt = new Date()): Promise<string> => {
    const key = letter.key ?? eventKey(letter.event, places);
    const uri = deadLetterMarker(places.cleanBase, key);
    const claimed = await orUndefined(claim(uri, letter, failedAt));
    if (typeof claimed === 'string') return claimed;
    const begun = performance.now();
    // Well before other workers may consider the sender dead.
    const isMine = () => claimed !== undefined && performance.now() - begun < sendTimeoutMs / 2;
    try {
      const letterId = await queue.send(letter, { key, marker: uri });
      if (claimed && isMine()) await orUndefined(markers.replace(uri, { ...claimed, letterId }));
      return letterId;
    } catch (error) {
      if (isMine()) await orUndefined(markers.remove(uri));
      throw error;
    }
  };

  const delivered = async (key: string, startedAt: Date): Promise<void> => {
    const uri = deadLetterMarker(places.cleanBase, key);
    const marker = await markers.read(uri);
    if (marker?.letterId === undefined) return;
    const isOver = async () => latestOf(marker, await markers.latest(uri)) < startedAt.getTime();
    if (!(await isOver())) return;
    await markers.remove(uri);
    // A failure that was recorded in the meantime relies on the letter.
    if (!(await isOver())) {
      await markers.create(uri, marker);
      return;
    }
    await queue.removeSent(key, marker.letterId);
    await markers.removeLatest(uri);
  };

  return { send, delivered };
}

function newMarker({ failureType, workflowId }: DeadLetter, failedAt: Date): LetterMarker {
  return { claim: randomUUID(), sentAt: failedAt.toISOString(), failureType, workflowId };
}

function latestOf({ sentAt }: LetterMarker, latest: LatestFailure | undefined): number {
  return Math.max(Date.parse(sentAt), Date.parse(latest?.failedAt ?? sentAt));
}

/** Ignores storage errors: an inaccessible marker must not prevent the letter. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}
