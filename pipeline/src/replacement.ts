import { pathBelow, sameUri } from '@etl/lib/uri';

/**
 * Returns whether a batch whose newest commit came from `previous` may be replaced from `next`: from the same object,
 * or from another one that the event lists in `replaces`, by its URI or by a folder with a trailing slash.
 */
export function mayReplace(previous: string, next: string, replaces: string | undefined): boolean {
  if (sameUri(previous, next)) return true;
  if (replaces === undefined || replaces === '') return false;
  return replaces.endsWith('/') ? pathBelow(replaces, previous) !== undefined : sameUri(replaces, previous);
}

/** Returns why such a commit is rejected, with the remedy. */
export function conflictReason(previous: string, next: string): string {
  return (
    `this batch was delivered from ${previous}, and ${next} would replace it: ` +
    'set another source name, or set replaces to the replaced file'
  );
}
