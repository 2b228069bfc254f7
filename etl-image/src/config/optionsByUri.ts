import { parseUri } from '@etl/lib/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import { BadConfigurationError } from '../errors';

/** Returns the URI of the object that holds the options; undefined where `OPTIONS` holds them itself. */
export function optionsUri({ OPTIONS: options }: Readonly<Record<string, string | undefined>>): string | undefined {
  return options === undefined || !parseUri(options) ? undefined : options;
}

/**
 * The environment with the options in it, also when `OPTIONS` is the URI of an object that holds them: ECS bounds an
 * environment. Throws `BadConfigurationError` when there is no such object.
 */
export async function withOptions(
  env: Readonly<Record<string, string | undefined>>,
  store: Pick<ObjectStore, 'readSmall'>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const uri = optionsUri(env);
  if (uri === undefined) return env;
  const body = await store.readSmall(uri);
  if (!body) throw new BadConfigurationError(`bad environment: OPTIONS: there is no object ${uri}`);
  return { ...env, OPTIONS: body.toString('utf8') };
}
