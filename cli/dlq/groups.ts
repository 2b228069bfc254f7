import { sameUri } from '@etl/lib/uri';
import { deliveryOf, eventKey, type LetterPlaces } from '@etl/pipeline/deadLetters/eventKey';
import type { ObjectStore } from '@etl/storage/objectStore';
import { findBatch } from '../../activities/findBatch';
import { inTurn } from '../../activities/inTurn';
import type { DeadLetterBox, KeptLetter } from '../../activities/ports';

/** All letters of one event. */
export interface LetterGroup {
  readonly key: string;
  /** The letter of the latest failure. */
  readonly letter: KeptLetter;
  /** All letters of the event, including those of earlier failures. */
  readonly copies: readonly KeptLetter[];
  /** Whether a run that began after the latest failure has delivered the event's file. */
  readonly isDelivered: boolean;
}

/** Maximum of concurrent reads of commit logs. */
const maxReads = 16;

/** Returns the time of the event's last failure in ISO 8601; empty when unknown. */
export const failedAt = (letter: KeptLetter): string => letter.failedAt ?? letter.sentAt ?? '';

/** Groups letters by event, ordered by the latest failure of each event. */
export async function groupLetters(
  letters: readonly KeptLetter[],
  store: ObjectStore,
  places: LetterPlaces,
): Promise<LetterGroup[]> {
  const byKey = new Map<string, KeptLetter[]>();
  for (const letter of letters) {
    const key = letter.key ?? eventKey(letter.event, places);
    byKey.set(key, [...(byKey.get(key) ?? []), letter]);
  }
  const groups = [...byKey].map(([key, copies]) => {
    const [letter] = [...copies].sort((one, other) => failedAt(other).localeCompare(failedAt(one)));
    return { key, letter: letter as KeptLetter, copies };
  });
  groups.sort((one, other) => failedAt(one.letter).localeCompare(failedAt(other.letter)));
  return inTurn(groups, maxReads, async (group) => ({
    ...group,
    isDelivered: await isDelivered(group.letter, store, places),
  }));
}

/**
 * Checks the commit log for the letter's delivery. When this machine cannot read the log, the letter counts as not
 * delivered.
 */
async function isDelivered(letter: KeptLetter, store: ObjectStore, places: LetterPlaces): Promise<boolean> {
  const delivery = deliveryOf(letter.event, places);
  if (!delivery || failedAt(letter) === '') return false;
  const { destination, sourceUri, ...declared } = delivery;
  try {
    const { newest } = await findBatch(store, destination, declared, sourceUri, places.rawBase);
    const manifest = newest?.manifest;
    return (
      manifest !== undefined &&
      sameUri(manifest.source.uri, sourceUri) &&
      Date.parse(manifest.runStartedAt) > Date.parse(failedAt(letter))
    );
  } catch {
    return false;
  }
}

/** Returns the groups that have one of the IDs as key or letter, and the IDs that match none. */
export function selectGroups(
  groups: readonly LetterGroup[],
  ids: readonly string[],
): { readonly selected: readonly LetterGroup[]; readonly missing: readonly string[] } {
  const has = ({ key, copies }: LetterGroup, id: string) => key === id || copies.some((copy) => copy.id === id);
  return {
    selected: groups.filter((group) => ids.some((id) => has(group, id))),
    missing: ids.filter((id) => !groups.some((group) => has(group, id))),
  };
}

/** Detaches all letters of an event. @see DeadLetterBox.detach */
export async function detachGroup(
  box: DeadLetterBox,
  { copies }: LetterGroup,
): Promise<(() => Promise<void>) | undefined> {
  const detached: (() => Promise<void>)[] = [];
  const undo = async () => {
    for (const each of detached.splice(0).reverse()) await each();
  };
  for (const copy of copies) {
    const each = await box.detach(copy);
    if (!each) {
      await undo();
      return undefined;
    }
    detached.push(each);
  }
  return undo;
}

/** Removes all letters of an event. They must be detached. */
export async function removeGroup(box: DeadLetterBox, { copies }: LetterGroup): Promise<void> {
  for (const copy of copies) await box.remove(copy);
}

/**
 * Detaches and removes all letters of an event. Returns false, and removes nothing, when the event has failed again
 * meanwhile.
 */
export async function dropGroup(box: DeadLetterBox, group: LetterGroup): Promise<boolean> {
  if (!(await detachGroup(box, group))) return false;
  await removeGroup(box, group);
  return true;
}
