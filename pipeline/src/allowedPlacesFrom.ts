import { bucketUri } from '@etl/lib/uri';
import { type AllowedPlaces, placeVariables } from './allowedPlaces';

type Variables = Readonly<Record<string, string | undefined>>;

/** Environment variables that only an operator sets. An event or a launch request never changes them. */
export const operatorVariables: readonly string[] = Object.values(placeVariables).flatMap(({ list, base }) => [
  list,
  base,
]);

/**
 * Returns the places that an environment allows: its lists, else its buckets, else every place. Returns each problem
 * under the name of its variable. A list with a problem allows nothing.
 */
export function allowedPlacesFrom(env: Variables): {
  readonly places: AllowedPlaces;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const read = (name: string, texts: readonly string[]): string[] =>
    texts.flatMap((text) => {
      const uri = bucketUri(text);
      if (uri === undefined)
        problems.push(
          `${name}: ${JSON.stringify(text.slice(0, 200))} is neither a bucket name nor an s3:// or file:/// URI`,
        );
      return uri ?? [];
    });
  const placesOf = (kind: keyof typeof placeVariables): AllowedPlaces => {
    const { list, base } = placeVariables[kind];
    const { [list]: listed, [base]: bucket } = env;
    if (listed) return { [kind]: read(list, splitList(listed)) };
    return bucket ? { [kind]: read(base, [bucket]) } : {};
  };
  const rawBase = env.S3_RAW_BUCKET ? bucketUri(env.S3_RAW_BUCKET) : undefined;
  const places = { ...placesOf('sources'), ...placesOf('destinations'), ...(rawBase !== undefined && { rawBase }) };
  return { places, problems };
}

/** Returns the variables that allow the same places in a child process. Commas in paths are percent-encoded. */
export function variablesOf({ sources, destinations, rawBase }: AllowedPlaces): Readonly<Record<string, string>> {
  const text = (prefixes: readonly string[]): string =>
    prefixes.map((uri) => (uri.startsWith('file:') ? uri.replaceAll(',', '%2C') : uri)).join(',');
  return {
    ...(sources && { [placeVariables.sources.list]: text(sources) }),
    ...(destinations && { [placeVariables.destinations.list]: text(destinations) }),
    ...(rawBase !== undefined && { [placeVariables.sources.base]: rawBase }),
  };
}

/** Returns an environment without the variables that only an operator sets. */
export function withoutOperatorVariables(env: Variables): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !operatorVariables.includes(name)));
}

/** Returns the items of a comma-separated list. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
