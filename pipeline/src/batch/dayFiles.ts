import { addDays } from '@etl/lib/timeZones';
import { parseUri, trimSlashes } from '@etl/lib/uri';
import { isHidden, isNamed } from './fileNames';
import { dateOfKey } from './keyDate';
import { namesDay, placeholdersIn, renderDay } from './placeholders';
import type { BatchPlan } from './plan';
import type { LeftOutReason } from './summary';

/** One listing of a batch: the days that have the same prefix and names. Nothing is listed twice. */
export interface Listing {
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  readonly match?: string;
  /** Prefix and names say which day it is: every file found is of that day. */
  readonly isOfOneDay: boolean;
}

export type Belonging =
  | { readonly kind: 'file'; readonly batchDate: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'leftOut'; readonly reason: LeftOutReason };

/** The listing that begins at a day; undefined where the day is part of one that began before it. */
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

/** The day at which the listing after that of a day begins; undefined behind the last one. */
export function nextListing(plan: BatchPlan, day: string): string | undefined {
  const listing = listingFrom(plan, day);
  const next = addDays(listing?.to ?? day, 1);
  return next > plan.to ? undefined : next;
}

/**
 * Whether an object below the listing's prefix is a file of it, and of which day. Without placeholders that say the day, a
 * file whose key carries a date is of that day only; one without is of the day asked, if it is one day that is asked. A
 * folder whose files are unknown may have any name, and without a date it is of the first day.
 */
export function belongs(listing: Listing, uri: string, isFolder = false): Belonging {
  const below = keyOf(uri).slice(keyOf(listing.prefix).length).replace(/^\/+/, '');
  if (isHidden(below)) return { kind: 'leftOut', reason: 'hidden' };
  const name = below.split('/').filter(Boolean).at(-1) ?? '';
  if (!isFolder && !isNamed(name, listing.match)) return { kind: 'leftOut', reason: 'name' };
  if (listing.isOfOneDay) return { kind: 'file', batchDate: listing.from };
  const day = dateBelow(listing.prefix, uri, below);
  if (day !== undefined) {
    const isAsked = day >= listing.from && day <= listing.to;
    return isAsked ? { kind: 'file', batchDate: day } : { kind: 'leftOut', reason: 'day' };
  }
  if (isFolder || listing.from === listing.to) return { kind: 'file', batchDate: listing.from };
  return {
    kind: 'refused',
    reason: `its key carries no date, so it is of no day from ${listing.from} to ${listing.to}: name the day in the prefix or the match ({date}), or start a batch of one day for it`,
  };
}

/** A date that lies in the prefix alone was asked for with it, and says nothing about a file. */
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

/** A path whose percent-encoded bytes are not all UTF-8: those that are not become U+FFFD. */
function looselyDecoded(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes.replace(/%[89a-f][0-9a-f]/gi, '\ufffd').replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    }
  });
}
