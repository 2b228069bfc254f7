import { formatUri, joinUri, parseUri } from '@etl/lib/uri';
import { type AllowedPlaces, defaultPlaces, isWithin, placeVariables } from '@etl/pipeline/allowedPlaces';
import { resolveDestination } from '@etl/pipeline/plan';
import { type NamedPlace, refusedPlaces } from '@etl/storage/checkPlace';
import type { ObjectStore } from '@etl/storage/objectStore';

export interface PlaceSettings {
  /** Base of keys without a scheme. */
  readonly rawBase: string | undefined;
  readonly cleanBase: string;
  /** Prefixes in which sources may lie and batches may be published. @default the raw and the clean base */
  readonly places?: AllowedPlaces;
}

/** The places that an event or a batch names, the source by its URI. */
export interface RequestedPlaces {
  /** The key that names the source, such as `detail.s3Key`. */
  readonly key: string;
  readonly source: string;
  readonly destination?: unknown;
  readonly replaces?: unknown;
}

/**
 * Returns why places are refused, one line each with the key, the place and the variable to change. Does not access a
 * place before it is allowed.
 * @throws {StorageError} for a place that denies access or cannot be reached
 */
export async function refusedByPlace(
  store: Pick<ObjectStore, 'list'>,
  settings: PlaceSettings,
  { key, source, destination, replaces }: RequestedPlaces,
): Promise<string[]> {
  const allowed = settings.places ?? defaultPlaces(settings);
  const target: NamedPlace =
    typeof destination === 'string'
      ? { key: 'detail.destination', kind: 'destinations', uri: resolveDestination(destination, settings.cleanBase) }
      : { key: placeVariables.destinations.base, kind: 'destinations', uri: settings.cleanBase };
  const refused = await refusedPlaces(allowed, [
    { key, kind: 'sources', uri: source },
    target,
    ...(typeof replaces === 'string' && replaces !== ''
      ? [{ key: 'detail.replaces', kind: 'sources' as const, uri: replaces }]
      : []),
  ]);
  if (refused.length > 0) return refused;
  const dataset = await datasetAround(store, allowed, target.uri);
  return dataset === undefined
    ? []
    : [`${target.key}: ${target.uri} lies in the dataset ${dataset}: choose a destination outside it`];
}

/**
 * Returns the dataset whose folder contains a destination, by the records of its batches; undefined if there is none.
 */
async function datasetAround(
  store: Pick<ObjectStore, 'list'>,
  { destinations = [] }: AllowedPlaces,
  destination: string,
): Promise<string | undefined> {
  for (const [above, name] of foldersAbove(destination)) {
    // Folders above every allowed prefix may not be listed, and contain none of our datasets.
    if (!destinations.some((prefix) => isWithin(prefix, above))) continue;
    for await (const _ of store.list(joinUri(above, '_etl', name))) return joinUri(above, name);
  }
  return undefined;
}

/** Returns each folder above a place, with the name of its subfolder that leads to the place. */
function foldersAbove(uri: string): (readonly [above: string, name: string])[] {
  const location = parseUri(uri);
  if (location === undefined) return [];
  const path = location.kind === 's3' ? location.key : location.path;
  const names = path.split('/').filter(Boolean);
  return names.map((name, depth) => {
    const folder = names.slice(0, depth).join('/');
    const above = location.kind === 's3' ? { ...location, key: folder } : { ...location, path: `/${folder}` };
    return [formatUri(above), name] as const;
  });
}
