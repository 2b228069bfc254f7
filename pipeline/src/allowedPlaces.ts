import { canonicalUri, parseUri, pathBelow, trimSlashes } from '@etl/lib/uri';
import { commitsRoot } from './layout';

/**
 * Places, as canonical URIs, where a process may read sources and publish batches. An absent list allows every place.
 */
export interface AllowedPlaces {
  readonly sources?: readonly string[];
  readonly destinations?: readonly string[];
  /** Folder for sources only: a destination below or above it is rejected. */
  readonly rawBase?: string;
}

/** `records`: files of an earlier launch that a later one reads, such as an index. Records lie below a destination. */
export type PlaceKind = 'sources' | 'destinations' | 'records';

/** Environment variables that allow places, and the base that is allowed by default. */
export const placeVariables = {
  sources: { list: 'ETL_SOURCE_PREFIXES', base: 'S3_RAW_BUCKET' },
  destinations: { list: 'ETL_DESTINATION_PREFIXES', base: 'S3_CLEAN_BUCKET' },
} as const;

/**
 * Returns the places allowed where no list is configured: sources below the raw base, destinations below the clean
 * base.
 */
export function defaultPlaces(bases: { readonly rawBase: string | undefined; readonly cleanBase: string }) {
  const { rawBase, cleanBase } = bases;
  return {
    sources: rawBase === undefined ? [] : [rawBase],
    destinations: [cleanBase],
    ...(rawBase !== undefined && { rawBase }),
  } satisfies AllowedPlaces;
}

/**
 * Returns whether an object or a folder equals a prefix or lies below it. Compares whole segments in canonical
 * spelling.
 */
export function isWithin(prefix: string, uri: string): boolean {
  if (pathBelow(prefix, uri) !== undefined) return true;
  const [base, place] = [prefix, uri].map((each) => trimSlashes(canonicalUri(each) ?? ''));
  return base !== '' && base === place;
}

/**
 * Returns why a place may not be read as a source, as the end of a sentence that begins with the place; undefined for
 * an allowed place. Does not resolve links: see `realPlaceProblem` in storage.
 */
export function sourceProblem({ sources }: AllowedPlaces, uri: string): string | undefined {
  return spellingProblem(uri) ?? outside('sources', sources, uri);
}

/** Returns the same for a destination. */
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

/** Check for each kind of place. */
export const placeChecks: Readonly<Record<PlaceKind, typeof sourceProblem>> = {
  sources: sourceProblem,
  destinations: destinationProblem,
  records: recordProblem,
};

/** Returns why a URI cannot be compared: S3 takes keys literally, but a program may resolve `..` in them. */
export function spellingProblem(uri: string): string | undefined {
  const location = parseUri(uri);
  if (location === undefined) return 'is not an s3://bucket/key or file:///path URI';
  if (location.kind === 's3' && location.key.split('/').some((segment) => /^\.{1,2}$/.test(segment)))
    return 'has a . or .. segment, which programs resolve to another key: use the resolved key';
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

/** Maximum number of prefixes that a message lists. */
const most = 5;

/** A prefix that is allowed inside the raw base is an operator's choice and takes precedence. */
function rawProblem(rawBase: string, prefixes: readonly string[], uri: string): string | undefined {
  const inside = prefixes.filter((prefix) => isWithin(rawBase, prefix) && !isWithin(prefix, rawBase));
  if (inside.some((prefix) => isWithin(prefix, uri))) return undefined;
  const side = isWithin(rawBase, uri) ? 'in' : isWithin(uri, rawBase) ? 'above' : undefined;
  if (side === undefined) return undefined;
  const { list } = placeVariables.destinations;
  return `lies ${side} S3_RAW_BUCKET, ${rawBase}, which holds sources only: choose another destination, or allow a prefix inside it in ${list}`;
}

/** Readers would take a batch inside another batch, or among the records of a destination, for a part of them. */
function publishedProblem(prefixes: readonly string[], uri: string): string | undefined {
  const below = prefixes.map((prefix) => pathBelow(prefix, uri)).filter((path) => path !== undefined);
  const path = below.sort((a, b) => a.length - b.length)[0] ?? '';
  const segment = path
    .split('/')
    .find((each) => each === '_etl' || each === commitsRoot || /^(batch_date|source)=/.test(each));
  return segment && `lies in ${segment}, a folder of published batches: choose the folder that holds the datasets`;
}
