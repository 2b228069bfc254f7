import { parseUri } from '@etl/lib/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import { BadConfigurationError } from '../errors';

/** Returns the URI of the object that holds the options; undefined if `OPTIONS` holds them itself. */
export function optionsUri({ OPTIONS: options }: Readonly<Record<string, string | undefined>>): string | undefined {
  return options === undefined || !parseUri(options) ? undefined : options;
}

/**
 * Returns the environment with the options in place. If `OPTIONS` is a URI, reads them from that object, because ECS
 * limits the size of overrides.
 *
 * @throws {BadConfigurationError} if the object does not exist
 */
export async function withOptions(
  env: Readonly<Record<string, string | undefined>>,
  store: Pick<ObjectStore, 'readSmall'>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const uri = optionsUri(env);
  if (uri === undefined) return env;
  const body = await store.readSmall(uri);
  if (!body) throw new BadConfigurationError(`invalid environment: OPTIONS: the object ${uri} does not exist`);
  return { ...env, OPTIONS: body.toString('utf8') };
}
