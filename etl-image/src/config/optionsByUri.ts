import { parseUri } from '@etl/pipeline/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import { BadConfigurationError } from './failures';

/**
 * The environment with the options in it, also when `OPTIONS` is the URI of an object that holds them: ECS bounds an
 * environment. Throws `BadConfigurationError` when there is no such object.
 */
export async function withOptions(
  env: Readonly<Record<string, string | undefined>>,
  store: Pick<ObjectStore, 'readSmall'>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const { OPTIONS: options } = env;
  if (options === undefined || !parseUri(options)) return env;
  const body = await store.readSmall(options);
  if (!body) throw new BadConfigurationError(`bad environment: OPTIONS: there is no object ${options}`);
  return { ...env, OPTIONS: body.toString('utf8') };
}
