import { addDays } from '@etl/lib/timeZones';
import { parseUri, trimSlashes } from '@etl/lib/uri';
import { isHidden, isNamed } from './fileNames';
import { dateOfKey } from './keyDate';
import { namesDay, placeholdersIn, renderDay } from './placeholders';
import type { BatchPlan } from './plan';
import type { LeftOutReason } from './summary';

/** One listing of a batch: the days that share a prefix and names. Nothing is listed twice. */
export interface Listing {
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  readonly match?: string;
  /** Whether prefix and names determine the day: every file found belongs to it. */
  readonly isOfOneDay: boolean;
}

export type Classification =
  | { readonly kind: 'file'; readonly batchDate: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'leftOut'; readonly reason: LeftOutReason };

/** Returns the listing that begins at a day; undefined when an earlier listing covers the day. */
export function listingFrom(plan: BatchPlan, day: string): Listing | undefined {
  const { prefix, match } = plan;
  const place = (of: string) => `${renderDay(prefix, of)}\n${match === undefined ? '' : renderDay(match, of)}`;
  if (day > plan.from && place(addDays(day, -1)) === place(day)) return undefined;
  let to = day;
  while (to < plan.to && place(addDays(to, 1)) === place(day)) to = addDays(to, 1);
  return {
    from: day,
    to,
    prefix: trimSlashes(renderDay(prefix, day)),
    ...(match !== undefined && { match: renderDay(match, day) }),
    isOfOneDay: namesDay(placeholdersIn(prefix, match)),
  };
}

/** Returns the first day of the listing after a day's; undefined after the last listing. */
export function nextListing(plan: BatchPlan, day: string): string | undefined {
  const listing = listingFrom(plan, day);
  const next = addDays(listing?.to ?? day, 1);
  return next > plan.to ? undefined : next;
}

/**
 * Returns whether an object below the listing's prefix is one of its files, and of which day. Without placeholders that
 * determine the day, a file whose key contains a date belongs to that day only; a file without one belongs to the
 * requested day, if a single day is requested. A folder whose files are unknown may have any name; without a date it
 * belongs to the first day.
 */
export function classify(listing: Listing, uri: string, isFolder = false): Classification {
  const below = keyBelow(listing.prefix, uri);
  if (isHidden(below)) return { kind: 'leftOut', reason: 'hidden' };
  const name = nameIn(below);
  if (!isFolder && !isNamed(name, listing.match)) return { kind: 'leftOut', reason: 'name' };
  if (listing.isOfOneDay) return { kind: 'file', batchDate: listing.from };
  const day = dateBelow(listing.prefix, uri, below);
  if (day !== undefined) {
    const isRequested = day >= listing.from && day <= listing.to;
    return isRequested ? { kind: 'file', batchDate: day } : { kind: 'leftOut', reason: 'day' };
  }
  if (isFolder || listing.from === listing.to) return { kind: 'file', batchDate: listing.from };
  return {
    kind: 'refused',
    reason: `its key has no date, so it cannot be assigned to a day from ${listing.from} to ${listing.to}: put {date} into prefix or match, or start a one-day batch for it`,
  };
}

/**
 * Returns whether an entry that a listing leaves out is counted by it. Listings that differ only in their names list the
 * same entries: the first of them counts an entry, unless a later one takes it.
 */
export function leftOutCounter(plan: BatchPlan, { from, to, prefix }: Listing) {
  const isSame = (day: string): boolean => trimSlashes(renderDay(plan.prefix, day)) === prefix;
  const isFirst = from === plan.from || !isSame(addDays(from, -1));
  const later = new Set<string>();
  for (let day = addDays(to, 1); isFirst && day <= plan.to && isSame(day); day = addDays(day, 1))
    later.add(renderDay(plan.match ?? '', day));
  return (reason: LeftOutReason, uri: string): boolean => {
    if (reason === 'day') return true;
    const name = nameIn(keyBelow(prefix, uri));
    return isFirst && (reason === 'hidden' || ![...later].some((match) => isNamed(name, match)));
  };
}

const keyBelow = (prefix: string, uri: string): string => keyOf(uri).slice(keyOf(prefix).length).replace(/^\/+/, '');

const nameIn = (below: string): string => below.split('/').filter(Boolean).at(-1) ?? '';

/** A date that is only in the prefix was part of the request and does not date a file. */
function dateBelow(prefix: string, uri: string, below: string): string | undefined {
  const own = dateOfKey(below);
  if (own !== undefined) return own;
  const whole = dateOfKey(keyOf(uri));
  return whole === dateOfKey(`${keyOf(prefix)}/`) ? undefined : whole;
}

function keyOf(uri: string): string {
  const location = parseUri(uri);
  if (location === undefined) return looselyDecoded(uri.replace(/^file:\/\/(localhost)?/, ''));
  return location.kind === 's3' ? location.key : location.path;
}

/** Decodes a path whose percent-encoded bytes may not be valid UTF-8: invalid bytes become U+FFFD. */
function looselyDecoded(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes.replace(/%[89a-f][0-9a-f]/gi, '\ufffd').replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    }
  });
}
