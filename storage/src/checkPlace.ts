import { type AllowedPlaces, type PlaceKind, placeChecks } from '@etl/pipeline/allowedPlaces';
import { realUri } from './realUri';

/** A place that an event or a launch names, with the key or variable that names it. */
export interface NamedPlace {
  readonly key: string;
  readonly kind: PlaceKind;
  readonly uri: string;
}

/**
 * Returns why places are denied, one line each: `detail.s3Key: file:///etc/passwd lies outside the allowed sources, …`.
 * Follows symbolic links, so it must run on the machine that reads and writes the places.
 *
 * @throws {StorageError} if the file system denies access
 */
export async function refusedPlaces(allowed: AllowedPlaces, places: readonly NamedPlace[]): Promise<string[]> {
  const reasons = await Promise.all(
    places.map(async ({ key, kind, uri }) => {
      const problem = await placeProblem(allowed, kind, uri);
      return problem === undefined ? [] : [`${key}: ${uri} ${problem}`];
    }),
  );
  return reasons.flat();
}

/**
 * Returns why one place is denied, without its URI; undefined if it is allowed. @throws {StorageError} like
 * `refusedPlaces`
 */
export async function placeProblem(allowed: AllowedPlaces, kind: PlaceKind, uri: string): Promise<string | undefined> {
  const problem = placeChecks[kind](allowed, uri);
  if (problem !== undefined || !uri.startsWith('file:')) return problem;
  const real = await realUri(uri);
  if (real === undefined) return 'is reached by a broken link: repair the link, or choose another place';
  const beyond = placeChecks[kind](await realPlaces(allowed), real);
  return beyond && `leads to ${real}, which ${beyond}`;
}

/** Resolves every link in the allowed prefixes. A prefix with a broken link allows nothing. */
async function realPlaces({ sources, destinations, rawBase }: AllowedPlaces): Promise<AllowedPlaces> {
  const resolve = async (prefixes: readonly string[]) =>
    (await Promise.all(prefixes.map(realUri))).filter((uri) => uri !== undefined);
  const realRaw = rawBase === undefined ? undefined : await realUri(rawBase);
  return {
    ...(sources && { sources: await resolve(sources) }),
    ...(destinations && { destinations: await resolve(destinations) }),
    ...(realRaw !== undefined && { rawBase: realRaw }),
  };
}
