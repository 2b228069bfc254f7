import type { AllowedPlaces } from '@etl/pipeline/allowedPlaces';
import { allowedPlacesFrom } from '@etl/pipeline/allowedPlacesFrom';
import { type NamedPlace, refusedPlaces } from '@etl/storage/checkPlace';
import { confineStore } from '@etl/storage/confinedStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { loadS3Store, openStore } from '@etl/storage/openStore';
import { BadConfigurationError } from '../errors';
import { type Environment, parseEnvironment } from './environment';
import { optionsUri, withOptions } from './optionsByUri';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface OpenedEnvironment {
  readonly env: Environment;
  /** Confined to the allowed places. */
  readonly store: ObjectStore;
}

/**
 * Parses a launch's environment and opens its store. The allowed places come from variables that a launch never sets
 * (`operatorVariables`), because an attacker may have requested the launch.
 *
 * @throws {BadConfigurationError} with every invalid variable, or every denied place by the name of its variable
 */
export async function openEnvironment(
  variables: Variables,
  openS3: typeof loadS3Store = loadS3Store,
): Promise<OpenedEnvironment> {
  const { places, problems } = allowedPlacesFrom(variables);
  if (problems.length > 0) throw new BadConfigurationError(`invalid environment: ${problems.join('; ')}`);
  const options = optionsUri(variables);
  if (options !== undefined) await checkPlaces(places, [{ key: 'OPTIONS', kind: 'records', uri: options }]);
  const env = parseEnvironment(await withOptions(variables, confineStore(openStore(undefined, openS3), places)));
  await checkPlaces(places, placesOf(env));
  return {
    env,
    store: confineStore(
      openStore(undefined, () => openS3({ silence: env.s3TimeoutSeconds })),
      places,
    ),
  };
}

async function checkPlaces(allowed: AllowedPlaces, places: readonly NamedPlace[]): Promise<void> {
  const refused = await refusedPlaces(allowed, places);
  if (refused.length > 0) throw new BadConfigurationError(refused.join('; '));
}

/** Returns every place that a launch names, except its options. */
function placesOf({ inputUri, destination, replaces, mode }: Environment): NamedPlace[] {
  const shards = mode?.kind === 'commit' ? mode.shards : mode?.kind === 'shard' ? mode : undefined;
  const reconcileUri = mode?.kind === 'shard' ? mode.reconcileUri : undefined;
  const place = (key: string, kind: NamedPlace['kind'], uri: string | undefined): NamedPlace[] =>
    uri === undefined ? [] : [{ key, kind, uri }];
  return [
    ...place('INPUT_FILE', 'sources', inputUri),
    ...place('OUTPUT_PREFIX', 'destinations', destination),
    ...place('REPLACES', 'sources', replaces),
    ...place('SHARD_INDEX', 'records', shards?.indexUri),
    ...place('SHARD_RECONCILE', 'records', reconcileUri),
  ];
}
