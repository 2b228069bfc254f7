import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { ScheduleHandle } from '@temporalio/client';
import { etlCommand } from '../../hints';
import { find } from '../../schedule/find';
import { type ScheduleReport, scheduleReport } from '../../schedule/report';
import type { Overlap } from '../../schedule/settings';
import { overlapPolicies } from '../../schedule/settings';
import { printResult, withClient } from '../../withClient';

export interface TriggerOptions {
  readonly overlap?: Overlap;
  readonly json?: boolean;
}

/** Time in seconds for the schedule to act on a trigger; it acts with a short delay. */
const timeoutSeconds = 10;

export async function trigger(name: string, { overlap, json }: TriggerOptions): Promise<void> {
  await withClient(async (client) => {
    const { handle, description } = await find(client, name);
    const before = scheduleReport(description);
    // Without an explicit policy, a trigger starts a batch beside a running one, whatever the schedule's overlap policy
    // is.
    await handle.trigger(overlap === undefined ? description.policies.overlap : overlapPolicies[overlap]);
    const after = await untilActed(handle, before);
    const started = after && after.taken > before.taken ? after.recent.at(-1) : undefined;
    if (started) {
      const { workflowId, batchDate } = started;
      return printResult(json, { name, workflowId, batchDate }, [`Started ${workflowId}, batch date ${batchDate}`]);
    }
    const { running } = after ?? before;
    if (!after && running.length > 0 && (overlap ?? before.overlap).startsWith('buffer')) {
      return printResult(json, { name, workflowId: null, after: running }, [
        `Buffered: the batch starts when ${running.join(', ')} has ended`,
      ]);
    }
    const isSkipped = after && after.skippedOverlap > before.skippedOverlap;
    throw new CliError(
      isSkipped
        ? `no batch was started: ${running.join(', ') || 'a batch'} is still running, and the overlap policy is ${overlap ?? before.overlap}`
        : `schedule ${name} did not start a batch within ${timeoutSeconds} s`,
      isSkipped
        ? `Wait until it ends, or start another batch with: ${etlCommand('schedule', 'trigger', name, '--overlap', 'allow-all')}`
        : `Check the schedule with: ${etlCommand('schedule', 'describe', name)}`,
      exitCodes.tryAgain,
    );
  });
}

/**
 * Waits until the schedule has acted. Returns undefined after the timeout: a buffered start happens only when the batch
 * before it has ended.
 */
async function untilActed(handle: ScheduleHandle, before: ScheduleReport): Promise<ScheduleReport | undefined> {
  for (const deadline = performance.now() + timeoutSeconds * 1000; performance.now() < deadline; ) {
    const now = scheduleReport(await handle.describe());
    if (now.taken > before.taken || now.skippedOverlap > before.skippedOverlap) return now;
    await delay(300);
  }
  return undefined;
}
