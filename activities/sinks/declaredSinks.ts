import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { resolveDestination } from '@etl/pipeline/plan';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import { DeclarationError } from '../validateInput';

export interface DeclaredSinks {
  readonly destination: string;
  readonly sinks: Sinks;
}

/**
 * Returns the sinks of a declared dataset, and the destination of its batches.
 * @param only name of the only sink to return. @default all
 * @throws {DeclarationError}
 */
export function declaredSinks(datasets: Datasets, cleanBase: string, name: string, only?: string): DeclaredSinks {
  const found = datasets.all().find((each) => each.name === name);
  const broken = datasets.broken.find((each) => each.name === name);
  if (broken) throw new DeclarationError(broken.problems.join('; '));
  if (!found)
    throw new DeclarationError(`dataset ${name} is not declared: list the declared ones with etl dataset list`);
  const { sinks = {}, destination } = found.declaration;
  const chosen = Object.entries(sinks).filter(([sink]) => only === undefined || sink === only);
  if (chosen.length === 0) {
    const what = only === undefined ? 'no sinks are declared' : `no sink ${only} is declared`;
    throw new DeclarationError(`${found.file}: ${what}: add it below the key sinks`);
  }
  return { destination: resolveDestination(destination, cleanBase), sinks: Object.fromEntries(chosen) };
}
