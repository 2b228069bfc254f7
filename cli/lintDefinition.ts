import { readFileSync } from 'node:fs';
import { count } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { Finding } from '../step-functions/lint/finding';
import { lintMachine } from '../step-functions/lint/lintMachine';
import { cliExitCodes } from './errors';
import { printLines } from './output';

/**
 * Prints the findings for the state machine in a file, one a line.
 *
 * @throws {CliError} when there are findings.
 */
export function lintDefinition(file: string): void {
  const findings = findingsIn(file);
  for (const finding of findings) printLines([describe(finding)]);
  if (findings.length === 0) return;
  throw new CliError(
    `${file} has ${count(findings.length, 'finding')}`,
    'Fix each finding; docs/step-functions.md describes the rules in brackets',
    exitCodes.badData,
  );
}

/** Returns the findings for the state machine in a file. @throws {CliError} when the file is not valid JSON */
export const findingsIn = (file: string): Finding[] => lintMachine(parse(file, read(file)));

const describe = ({ rule, state, message }: Finding): string =>
  `${state === '' ? '' : `${state}: `}${message} [${rule}]`;

/** Reads a UTF-8 text file without its byte order mark. */
function read(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new CliError(`${file} is not valid UTF-8`, 'Save it as UTF-8, which JSON requires', exitCodes.badData, {
        cause: error,
      });
    }
    const cause = code === 'ENOENT' ? 'no such file' : message;
    throw new CliError(
      `${file}: ${cause}`,
      'Give --lint the path of a state machine definition',
      cliExitCodes.noInput,
      {
        cause: error,
      },
    );
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [cause] = (error as Error).message.split('\n');
    throw new CliError(
      `${file} is not valid JSON: ${cause}`,
      'Give --lint a definition in the Amazon States Language, as JSON',
      exitCodes.badData,
      { cause: error },
    );
  }
}
