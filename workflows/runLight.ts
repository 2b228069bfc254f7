import type { Evidence } from '@etl/pipeline/evidence';
import { failureOfLight } from '@etl/pipeline/failures/classify';
import { failureTypes } from '@etl/pipeline/failures/table';
import { type Launch, lightLaunchOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { lightLimits } from '@etl/pipeline/routing/policy';
import { ActivityCancellationType, type ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { LightEnd } from '../activities/ports';
import { convertLight, withSummary } from './activities';
import { commitMissing, confirmed, type Delivered } from './confirmed';
import { asFailure, failure, failureTypeOf } from './failures';
import type { RunContext } from './runTask';

/**
 * Runs one launch in the light lane, from the call to the commit. Calls `onTaskEnd` with the end of the launch if it is
 * known.
 * @throws the failure of the launch; the cancellation, once the conversion is over
 */
export async function runLight(
  context: RunContext,
  generation: number,
  onTaskEnd: (launch: Launch) => void,
): Promise<Delivered> {
  const { status } = context;
  status.set({ step: 'transform', generation });
  const end = await convert(context, generation);
  onTaskEnd(lightLaunchOf(generation, end, context.plan.prices));
  const evidence = evidenceOf(generation, end);
  const failed = failureOfLight(end);
  if (failed) throw failure(failed, reasonOf(end), evidence);
  status.set({ step: 'confirm', generation });
  return confirmed(context, evidence, commitMissing(evidence));
}

async function convert({ plan, run, title }: RunContext, generation: number): Promise<LightEnd> {
  try {
    return await convertLight.executeWithOptions(
      withSummary(`${title}, launch ${generation}`, {
        cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      }),
      [{ plan, run, generation }],
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failed = asFailure(error);
    // The outcome is unknown: the worker was lost or stopped.
    throw failureTypeOf(failed) === 'ServiceUnavailable' ? failure('TaskKilled', failed.message) : failed;
  }
}

function reasonOf({ exitCode, reason }: LightEnd): string {
  const facts = [reason, exitCode === undefined ? 'no exit code' : `exit code ${exitCode}`];
  return facts.filter(Boolean).join('; ');
}

function evidenceOf(generation: number, { exitCode, logTail }: LightEnd): Evidence {
  return { generation, ...(exitCode !== undefined && { exitCode }), logTail };
}

/**
 * Returns whether a Fargate task, which has more time and memory, may succeed where the light lane failed. The task is
 * launched at once and uses no retry budget.
 */
export function continuesAsTask(failed: ApplicationFailure, { timings }: Plan): boolean {
  const type = failureTypeOf(failed);
  // The run's own timeout applies to a task too.
  if (type === 'Timeout') return timings.timeoutSeconds > lightLimits.timeoutSeconds;
  return failureTypes[type].continuesAsTask === true;
}
