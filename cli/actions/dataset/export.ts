import { resolveDestination } from '@etl/pipeline/plan';
import { stringify } from 'yaml';
import { parseConfig } from '../../../config/environment';
import { dataContract } from '../../dataset/odcs';
import { chosen, readDeclarations } from '../../dataset/read';
import { printJson, printText } from '../../output';

export interface ExportOptions {
  readonly json?: boolean;
}

/** Prints the data contract of a dataset. */
export async function exportContract(name: string, { json }: ExportOptions): Promise<void> {
  const [dataset] = chosen(await readDeclarations(), [name]);
  if (!dataset) return;
  const { cleanBase } = parseConfig(process.env);
  const contract = dataContract(dataset, resolveDestination(dataset.declaration.destination, cleanBase));
  if (json) printJson(contract);
  else printText(stringify(contract));
}
