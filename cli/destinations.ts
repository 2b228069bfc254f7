import { CliError } from '@etl/lib/cliError';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { resolveDestination } from '@etl/pipeline/plan';
import { declarationError } from './dataset/read';
import { cliExitCodes } from './errors';

/** A folder with batches of all datasets, or of one. */
export interface Destination {
  readonly destination: string;
  readonly dataset?: string;
}

const nameRemedy = 'Use the name of a declaration, such as ventas for datasets/ventas.yaml, or of a folder of files';

/**
 * Returns where the batches of datasets are: below their declared destination, or else the default one. Without names:
 * the default destination and those of all declared datasets.
 *
 * @throws {CliError} for a name that cannot be one of a dataset, or whose declaration cannot be used
 */
export function destinationsOf(datasets: Datasets, cleanBase: string, names: readonly string[]): Destination[] {
  const declared = new Map(
    datasets.all().map(({ name, declaration }) => [name, resolveDestination(declaration.destination, cleanBase)]),
  );
  if (names.length === 0)
    return [...new Set([cleanBase, ...declared.values()])].map((destination) => ({ destination }));
  return names.map((dataset) => {
    const broken = datasets.broken.find(({ name }) => name === dataset);
    if (broken) throw declarationError(broken.problems);
    if (!/^[^._/][^/]*$/.test(dataset))
      throw new CliError(`--dataset ${dataset} is not the name of a dataset`, nameRemedy, cliExitCodes.usage);
    return { destination: declared.get(dataset) ?? cleanBase, dataset };
  });
}
