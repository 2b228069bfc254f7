import { DockerError } from '../../local/docker/docker';
import { MinistackError } from '../../local/ministack/server';
import { PythonError } from '../../local/python';
import { CliError, cliExitCodes } from '../errors';
import { commandWith } from './again';
import { type MachineSystem, startMachineSystem } from './ministack/system';
import type { CompareRequest } from './request';
import type { Side } from './side';

/**
 * Runs the event through the state machine on a ministack of its own, which is gone when this returns or throws. Throws
 * `CliError` when it cannot be started.
 */
export async function runOnMinistack(request: CompareRequest): Promise<Side> {
  const system = await start(request);
  try {
    request.say('Step Functions: running on ministack …');
    return await system.run(request);
  } finally {
    await system.stop();
  }
}

async function start(request: CompareRequest): Promise<MachineSystem> {
  try {
    return await startMachineSystem(request);
  } catch (error) {
    const isKnown = [DockerError, MinistackError, PythonError].some((kind) => error instanceof kind);
    if (!isKnown) throw error;
    const { message } = error as Error;
    const remedy = `mend that, or run it in this process: ${commandWith('local', process.argv.slice(2))}`;
    throw new CliError(message, remedy, cliExitCodes.unavailable, { cause: error });
  }
}
