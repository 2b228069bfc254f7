import { CliError } from '@etl/lib/cliError';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { datasetReader } from '../../config/datasets';
import { parseConfig } from '../../config/environment';
import { cliExitCodes } from '../errors';

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
  const remedy = names.length > 0 ? `Declared are: ${names.join(', ')}` : 'No dataset is declared there';
  throw new CliError(`dataset ${dataset} is not declared in ${config.datasetsFolder}`, remedy, cliExitCodes.noInput);
}
