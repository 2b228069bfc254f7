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
  /** How long a letter may take to be sent. After it, its sender counts as dead. @default 10,000 */
  readonly patienceMs?: number;
  /** Between two looks at a letter that another worker is sending. @default 250 */
  readonly lookMs?: number;
}

/** SQS counts its messages with a delay. @see Amazon SQS API, GetQueueAttributes */
const countDelayMs = 300_000;

/**
 * One letter for each event in a queue, by markers in the clean bucket: a failure whose event has a letter is written down
 * beside the marker, and a delivery removes both. Whatever is in doubt is sent: two letters of one event are grouped by
 * `etl dlq`, and a letter that was not sent is lost.
 */
export function createOnePerEvent(settings: OnePerEventSettings): DeadLetters {
  const { queue, store, places, patienceMs = 10_000, lookMs = 250 } = settings;
  const markers = createMarkers(store);

  /**
   * Writes a failure down beside the letter of its event, which shows the time of the store too. `removed`: the marker is another one,
   * or none. `gone`: the letter keeps its place only as long as the queue keeps it, and the failure needs another one.
   */
  const writeDown = async (
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
   * Returns the marker that the caller has created, and is to send a letter for; the ID of the letter that the event has; or
   * undefined when neither could be found out in time.
   */
  const claim = async (uri: string, letter: DeadLetter, failedAt: Date): Promise<LetterMarker | string | undefined> => {
    const begun = performance.now();
    let watched = { claim: '', since: begun };
    for (; performance.now() - begun < 2 * patienceMs; await sleep(lookMs)) {
      const known = await markers.read(uri);
      if (!known) {
        const marker = newMarker(letter, failedAt);
        if (await markers.create(uri, marker)) return marker;
        continue;
      }
      if (known.letterId !== undefined) {
        const outcome = await writeDown(uri, known, { ...letter, failedAt: failedAt.toISOString() });
        if (outcome === 'written') return known.letterId;
        if (outcome === 'removed') continue;
      }
      if (known.claim !== watched.claim) watched = { claim: known.claim, since: performance.now() };
      const isDead = known.letterId !== undefined || performance.now() - watched.since > patienceMs;
      if (isDead) await markers.retire(uri, known);
    }
    return undefined;
  };

  const send = async (letter: DeadLetter, failedAt = new Date()): Promise<string> => {
    const key = eventKey(letter.event, places);
    const uri = deadLetterMarker(places.cleanBase, key);
    const claimed = await orUndefined(claim(uri, letter, failedAt));
    if (typeof claimed === 'string') return claimed;
    const begun = performance.now();
    // Long before others may take the sender for dead.
    const isMine = () => claimed !== undefined && performance.now() - begun < patienceMs / 2;
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
    // A failure that was written down meanwhile relies on the letter.
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

/** A marker that cannot be read or written is not worth a letter. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}
