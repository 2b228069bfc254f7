import { DockerError } from '../../local/docker/docker';
import { MinistackError } from '../../local/ministack/server';
import { PythonError } from '../../local/python';
import { type MachineSystem, startMachineSystem } from './ministack/system';
import type { CompareRequest } from './request';
import type { Side } from './side';
import { UnavailableError } from './unavailable';

/**
 * Runs the event through the state machine on a ministack of its own, which is gone when this returns or throws; what could
 * not be cleaned up is said. Throws `UnavailableError` when it cannot be started.
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
    throw new UnavailableError((error as Error).message, { cause: error });
  }
}
