import { CliError } from '@etl/lib/cliError';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { Client } from '@temporalio/client';
import { findRun } from '../../client/runs/findRun';
import { type RunRef, readRun } from '../../client/runs/readRun';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';

/** Returns the run that an argument names. @throws {CliError} if there is none, or several */
export async function resolveRun(client: Client, text: string): Promise<RunRef> {
  const found = await findRun(client, text);
  if (!('candidates' in found)) return found;
  const { candidates } = found;
  if (candidates.length === 0) {
    const remedy = `List the runs with: ${etlCommand('runs', '--since', '30d')}`;
    throw new CliError(`no run found for ${text}`, remedy, cliExitCodes.noInput);
  }
  const message = `${text} names several runs: ${candidates.join(', ')}`;
  throw new CliError(message, 'Give one of these workflow IDs', cliExitCodes.usage);
}

/** Returns the view of the run that an argument names, with commands that can be pasted here. */
export async function viewNamed(client: Client, text: string): Promise<RunView> {
  return readRun(client, await resolveRun(client, text), etlCommand);
}
