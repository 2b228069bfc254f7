import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { CliError } from '@etl/lib/cliError';
import { terminalLine } from '@etl/lib/text/terminal';
import { cliExitCodes } from './errors';

/** Checks that a person can answer a question. @throws {CliError} with `message` */
export function checkTerminal(message: string, json = false): void {
  if (!json && process.stdin.isTTY && process.stdout.isTTY) return;
  throw new CliError(message, 'Confirm with --yes', cliExitCodes.usage);
}

/** Asks a question on the terminal. Returns false for any answer but `y` and `yes`. */
export async function askYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // The end of the input and Ctrl-C count as an answer.
    const closed = once(terminal, 'close').then(() => '');
    const asked = terminal.question(terminalLine(`${question} [y/N] `));
    return /^y(es)?$/i.test((await Promise.race([asked, closed])).trim());
  } finally {
    terminal.close();
  }
}
