import { eventKey, type LetterPlaces } from '@etl/pipeline/deadLetters/eventKey';
import { deadLetterMarker } from '@etl/pipeline/layout';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { inTurn } from '../inTurn';
import type { DeadLetterBox, KeptLetter } from '../ports';
import { createMarkers } from './markers';

/** Markers read concurrently. */
const maxReads = 16;

/**
 * Creates a box of the letters in a queue, each with the latest failure of its event from its marker (see
 * `createOnePerEvent`).
 */
export function createMarkedBox(
  box: Omit<DeadLetterBox, 'detach'>,
  store: ObjectStore,
  places: LetterPlaces,
): DeadLetterBox {
  const markers = createMarkers(store);
  const markerOf = ({ marker, key, event }: KeptLetter): string =>
    marker ?? deadLetterMarker(places.cleanBase, key ?? eventKey(event, places));

  const withLatest = async (letter: KeptLetter): Promise<KeptLetter> => {
    const latest = await readable(markers.latest(markerOf(letter)));
    return latest && latest.failedAt > (letter.sentAt ?? '') ? { ...letter, ...latest } : letter;
  };

  return {
    ...box,
    list: async (limit) => inTurn(await box.list(limit), maxReads, withLatest),
    detach: async (letter) => {
      const uri = markerOf(letter);
      // A letter without a marker URI was sent without a marker, which may belong to another letter of its event.
      const marker = await (letter.marker === undefined ? readable(markers.read(uri)) : markers.read(uri));
      if (!marker) return async () => undefined;
      const undo = async () => void (await markers.create(uri, marker));
      await markers.remove(uri);
      const latest = await markers.latest(uri);
      if (latest === undefined || latest.failedAt <= (letter.failedAt ?? letter.sentAt ?? '')) return undo;
      await undo();
      return undefined;
    },
    remove: async (letter) => {
      await box.remove(letter);
      if (letter.marker !== undefined && !(await markers.read(letter.marker)))
        await markers.removeLatest(letter.marker);
    },
  };
}

/** Returns undefined if the object cannot be read from here. */
async function readable<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}
