import { startMachineSystem } from './ministack/system';
import type { CompareRequest } from './request';
import type { Side } from './side';

/** Runs the event through the state machine on a ministack of its own, which is gone when this returns or throws. */
export async function runOnMinistack(request: CompareRequest): Promise<Side> {
  const system = await startMachineSystem(request);
  try {
    request.say('Step Functions: running on ministack …');
    return await system.run(request);
  } finally {
    await system.stop();
  }
}
