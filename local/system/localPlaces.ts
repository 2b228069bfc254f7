import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { parseConfig } from '../../config/environment';

const everyFile = 'file:///';

/**
 * Returns the variables of the processes that `etl` starts on the user's machine. They allow the configured places and
 * every file that the user can read or write, unless the user has set the lists. A worker started in any other way does
 * not get them.
 */
export function localPlaces(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const { places, ETL_SOURCE_PREFIXES, ETL_DESTINATION_PREFIXES } = parseConfig(env);
  const { sources = [], destinations = [] } = places;
  const withEveryFile = (uris: readonly string[]) => [everyFile, ...uris.filter((uri) => !uri.startsWith('file:'))];
  return variablesOf({
    sources: ETL_SOURCE_PREFIXES ?? withEveryFile(sources),
    destinations: ETL_DESTINATION_PREFIXES ?? withEveryFile(destinations),
  });
}
