import { parseUri } from '@etl/lib/uri';
import { datasetReader } from '../../config/datasets';
import { parseConfig } from '../../config/environment';
import { shownPath, shownProblem } from './read';

/** Returns lines about the declared datasets of the local system, with the problems of those that cannot be used. */
export async function datasetLines(): Promise<string[]> {
  const config = parseConfig(process.env);
  const { datasetsFolder } = config;
  if (datasetsFolder === undefined) return [];
  const datasets = await datasetReader(config)();
  const [usable, broken] = [datasets.all().length, datasets.broken];
  if (usable + broken.length === 0) return [];
  const location = parseUri(datasetsFolder);
  const folder = location?.kind === 'file' ? shownPath(location.path) : datasetsFolder;
  return [
    `Datasets  ${usable} declared in ${folder}`,
    ...broken.flatMap(({ name, problems }) =>
      problems.map((each) => `Datasets  ${name} CANNOT BE USED: ${shownProblem(each)}`),
    ),
  ];
}
