import { canonicalUri, parseUri, pathBelow, trimSlashes } from '@etl/lib/uri';

/** Where a process may read sources and publish batches, as canonical URIs. An absent list allows every place. */
export interface AllowedPlaces {
  readonly sources?: readonly string[];
  readonly destinations?: readonly string[];
  /** Where only sources lie: a destination below or above it is refused. */
  readonly rawBase?: string;
}

/** `records`: what a launch reads of an earlier one, such as an index. Records lie below a destination. */
export type PlaceKind = 'sources' | 'destinations' | 'records';

/** The variables that allow places, and those that are allowed without them. */
export const placeVariables = {
  sources: { list: 'ETL_SOURCE_PREFIXES', base: 'S3_RAW_BUCKET' },
  destinations: { list: 'ETL_DESTINATION_PREFIXES', base: 'S3_CLEAN_BUCKET' },
} as const;

/** Returns what is allowed where no list is configured: sources in the raw base, destinations in the clean base. */
export function defaultPlaces(bases: { readonly rawBase: string | undefined; readonly cleanBase: string }) {
  const { rawBase, cleanBase } = bases;
  return {
    sources: rawBase === undefined ? [] : [rawBase],
    destinations: [cleanBase],
    ...(rawBase !== undefined && { rawBase }),
  } satisfies AllowedPlaces;
}

/** Returns whether an object or a folder is a prefix, or lies below it: whole segments count, in canonical spelling. */
export function isWithin(prefix: string, uri: string): boolean {
  if (pathBelow(prefix, uri) !== undefined) return true;
  const [base, place] = [prefix, uri].map((each) => trimSlashes(canonicalUri(each) ?? ''));
  return base !== '' && base === place;
}

/**
 * Returns why a place may not be read as a source, as the end of a sentence that begins with the place; undefined for an
 * allowed one. Links are not followed: see `realPlaceProblem` in storage.
 */
export function sourceProblem({ sources }: AllowedPlaces, uri: string): string | undefined {
  return spellingProblem(uri) ?? outside('sources', sources, uri);
}

/** Returns the same of a place to publish below. */
export function destinationProblem(allowed: AllowedPlaces, uri: string): string | undefined {
  const { destinations, rawBase } = allowed;
  return (
    spellingProblem(uri) ??
    outside('destinations', destinations, uri) ??
    (rawBase === undefined ? undefined : rawProblem(rawBase, destinations ?? [], uri)) ??
    publishedProblem(destinations ?? [], uri)
  );
}

function recordProblem({ destinations }: AllowedPlaces, uri: string): string | undefined {
  return spellingProblem(uri) ?? outside('destinations', destinations, uri);
}

/** The check of each kind of place. */
export const placeChecks: Readonly<Record<PlaceKind, typeof sourceProblem>> = {
  sources: sourceProblem,
  destinations: destinationProblem,
  records: recordProblem,
};

/** Returns why a place cannot be compared: keys of S3 are taken as they are, and a program may resolve `..` in them. */
export function spellingProblem(uri: string): string | undefined {
  const location = parseUri(uri);
  if (location === undefined) return 'is not an s3://bucket/key or file:///path';
  if (location.kind === 's3' && location.key.split('/').some((segment) => /^\.{1,2}$/.test(segment)))
    return 'has a segment . or .., which programs resolve to another key: name the key that is meant';
  return undefined;
}

function outside(
  kind: keyof typeof placeVariables,
  prefixes: readonly string[] | undefined,
  uri: string,
): string | undefined {
  if (prefixes === undefined || prefixes.some((prefix) => isWithin(prefix, uri))) return undefined;
  const { list, base } = placeVariables[kind];
  if (prefixes.length === 0) return `cannot be used, since no ${kind} are allowed: set ${list} or ${base}`;
  const more = prefixes.length > most ? ` and ${prefixes.length - most} more` : '';
  const allowed = `${prefixes.slice(0, most).join(', ')}${more}`;
  return `lies outside the allowed ${kind}, ${allowed}: choose a place below them, or add its prefix to ${list}`;
}

/** Of the prefixes that a message lists. */
const most = 5;

/** A prefix that is allowed inside the raw base is an operator's choice, and stands. */
function rawProblem(rawBase: string, prefixes: readonly string[], uri: string): string | undefined {
  const inside = prefixes.filter((prefix) => isWithin(rawBase, prefix) && !isWithin(prefix, rawBase));
  if (inside.some((prefix) => isWithin(prefix, uri))) return undefined;
  const side = isWithin(rawBase, uri) ? 'in' : isWithin(uri, rawBase) ? 'above' : undefined;
  if (side === undefined) return undefined;
  const { list } = placeVariables.destinations;
  return `lies ${side} S3_RAW_BUCKET, ${rawBase}, which holds sources only: choose another destination, or allow a prefix inside it in ${list}`;
}

/** A batch inside another batch, or among the records of a destination, would be read as a part of them. */
function publishedProblem(prefixes: readonly string[], uri: string): string | undefined {
  const below = prefixes.map((prefix) => pathBelow(prefix, uri)).filter((path) => path !== undefined);
  const path = below.sort((a, b) => a.length - b.length)[0] ?? '';
  const segment = path.split('/').find((each) => each === '_etl' || /^(batch_date|source)=/.test(each));
  return segment && `lies in ${segment}, a folder of published batches: choose the folder that holds the datasets`;
}
