import { DockerError } from '../../local/docker/docker';
import { MinistackError } from '../../local/ministack/server';
import { PythonError } from '../../local/python';
import { reported } from '../../local/reported';
import { type MachineSystem, startMachineSystem } from './ministack/system';
import type { CompareRequest } from './request';
import type { Side } from './side';
import { UnavailableError } from './unavailable';

/**
 * Runs the event with the state machine on a separate ministack, which is stopped before this returns or throws. It
 * logs what could not be cleaned up.
 *
 * @throws {UnavailableError} when ministack cannot be started.
 */
export async function runOnMinistack(request: CompareRequest): Promise<Side> {
  const system = await start(request);
  try {
    return await reported(request.log, 'Step Functions: running on ministack', () => system.run(request));
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
    throw new UnavailableError((error as Error).message, { cause: error });
  }
}
