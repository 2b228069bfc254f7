import type { BatchRequest } from '@etl/pipeline/batch/request';
import { datasetReader } from '../../config/datasets';
import { parseConfig } from '../../config/environment';
import { notDeclared } from '../dataset/read';

/**
 * Checks that the dataset of a batch is declared, if this machine knows the folder of the declarations.
 *
 * @throws {CliError} before a batch or a schedule is created that could only fail
 */
export async function checkDataset({ dataset }: BatchRequest): Promise<void> {
  const config = parseConfig(process.env);
  if (dataset === undefined || config.datasetsFolder === undefined) return;
  const datasets = await datasetReader(config)();
  const names = [...datasets.all(), ...datasets.broken].map(({ name }) => name);
  if (names.includes(dataset)) return;
  throw notDeclared(dataset, config.datasetsFolder, names);
}
