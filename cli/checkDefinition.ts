import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { stateMachine } from '../step-functions/definition/machine';
import { withSubstitutions } from '../step-functions/definition/settings';
import { cliExitCodes } from './errors';
import { etlCommand } from './hints';

/** Formats the definition as it is committed: indented JSON with a final line break. */
export const asText = (machine: unknown): string => `${JSON.stringify(machine, null, 2)}\n`;

/**
 * Compares a committed definition with the generated one. The committed definition has only substitutions, whatever the
 * environment is.
 *
 * @throws {CliError} when they differ.
 */
export function checkDefinition(committed: string): void {
  const generated = asText(stateMachine(withSubstitutions())).split('\n');
  const file = relative(process.cwd(), committed);
  const found = readFileSync(committed, 'utf8').split('\n');
  const line = Array.from({ length: Math.max(found.length, generated.length) }).findIndex(
    (_, index) => found[index] !== generated[index],
  );
  if (line === -1) return;
  throw new CliError(
    `${file} is out of date from line ${line + 1}: ${(found[line] ?? '').trim() || '(end of file)'} should be ${(generated[line] ?? '').trim() || '(end of file)'}`,
    `Regenerate it without any variable of docs/configuration.md set: ${etlCommand('asl', '--out', file)}`,
    cliExitCodes.failed,
  );
}
