import { steps } from '@etl/pipeline/definition';
import { ApplicationFailure } from '@temporalio/client';
import type { Rig } from '../support/rig';
import type { Scenario } from './scenarios';

/** Real seconds reserved before a timeout of the server, so that a busy machine does not miss it. */
const aheadSeconds = 5;

/**
 * Simulates an attempt that times out. The server locks its time while an activity runs: only for scenarios that
 * require it, time is unlocked until shortly before the timeout and then locked again. For all others, the attempt
 * fails immediately and delays its retry by the timeout, which the server counts toward the total bound in the same
 * way.
 */
export async function timeOut(rig: Rig, scenario: Scenario, attempt: number, seconds: number): Promise<never> {
  if (!scenario.timedByServer) {
    const nextRetryDelay = (seconds + apiWait(attempt)) * 1000;
    throw ApplicationFailure.create({ message: 'as after a timeout', nextRetryDelay });
  }
  await rig.env.sleep((seconds - aheadSeconds) * 1000);
  await new Promise((resolve) => setTimeout(resolve, (aheadSeconds + 1) * 1000));
  throw new Error('the server did not record the timeout');
}

/** Returns the wait after attempt 1, 2, … of a call. */
function apiWait(attempt: number): number {
  const { intervalSeconds, backoffRate, maxIntervalSeconds } = steps.notify.retry;
  return Math.min(intervalSeconds * backoffRate ** (attempt - 1), maxIntervalSeconds);
}
