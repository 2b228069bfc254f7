import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stateMachine } from '../asl/machine';
import { withSubstitutions } from '../asl/settings';
import { CliError, cliExitCodes } from './errors';
import { etlCommand } from './hints';

/** The definition as it is committed and written: JSON with indents, and a line break at its end. */
export const asText = (machine: unknown): string => `${JSON.stringify(machine, null, 2)}\n`;

/**
 * Throws `CliError` when a committed definition is not what would be generated. It has substitutions only, whatever the
 * environment says.
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
    `${file} is out of date from line ${line + 1}: ${(found[line] ?? '').trim() || 'it ends'} should be ${(generated[line] ?? '').trim() || 'its end'}`,
    `Write it anew, with none of our variables set: ${etlCommand('asl', '--out', file)}`,
    cliExitCodes.failed,
  );
}
