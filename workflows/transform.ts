import { transform as definition, relaunchDelaySeconds } from '@etl/pipeline/definition';
import { mayRelaunch } from '@etl/pipeline/failures';
import type { Plan } from '@etl/pipeline/plan';
import { failureOf, reasonOf, type TaskEnd } from '@etl/pipeline/taskEnd';
import { type ApplicationFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { CommitAnswer, RunIdentity } from '../activities/contract';
import { call } from './calls';
import { asFailure, failure, failureTypeOf } from './failures';
import type { StatusTracker } from './status';

export type Delivered = Extract<CommitAnswer, { kind: 'delivered' }>;

/**
 * Runs the task until the batch is delivered: one generation after the other, each only after the one before it was
 * seen STOPPED. Relaunching is this loop; Temporal's own retries are for API errors alone.
 * Throws the failure of the last generation, or the cancellation.
 */
export async function transform(
  plan: Plan,
  run: RunIdentity,
  title: string,
  status: StatusTracker,
): Promise<Delivered> {
  for (let generation = 1; ; generation++) {
    try {
      return await runGeneration(plan, run, generation, title, status);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failed = asFailure(error);
      const delay = relaunchDelaySeconds(plan.timings.relaunch, generation);
      if (!mayRelaunch(failureTypeOf(failed)) || delay === undefined) throw failed;
      status.set({ step: 'wait', generation, note: describeWait(failed, generation, delay) });
      await sleep(delay * 1000);
    }
  }
}

function describeWait(failed: ApplicationFailure, generation: number, delay: number): string {
  return `Launch ${generation} failed (${failed.type}: ${failed.message}); next launch in ${delay} s`;
}

async function runGeneration(
  plan: Plan,
  run: RunIdentity,
  generation: number,
  title: string,
  status: StatusTracker,
): Promise<Delivered> {
  const end = await withinTimeout(plan, title, (seen) => launchAndAwait(plan, run, generation, title, status, seen));
  status.set({ step: 'confirm', generation, taskArn: end.taskArn });
  const failed = failureOf(end);
  // A task that ECS forgot may have delivered all the same: the commit log knows.
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), end.logTail);
  const commit = await call('confirmCommit', title)({ plan, run });
  if (commit.kind === 'delivered') return commit;
  if (commit.kind === 'superseded') {
    throw failure('Superseded', `run ${commit.by}, which started later, published this batch from another source`);
  }
  if (failed) throw failure(failed, reasonOf(end), end.logTail);
  throw failure(
    'CommitMissing',
    'the container ended with exit code 0, but the commit log has no such batch',
    end.logTail,
  );
}

async function launchAndAwait(
  plan: Plan,
  run: RunIdentity,
  generation: number,
  title: string,
  status: StatusTracker,
  seen: (taskArn: string) => void,
): Promise<TaskEnd> {
  status.set({ step: 'launch', generation });
  const summary = `${title}, launch ${generation}`;
  for (;;) {
    // Not cancellable: a launch whose answer nobody waits for would leave a task that nobody stops.
    const launch = await CancellationScope.nonCancellable(() => call('launchTask', summary)({ plan, run, generation }));
    if (launch.kind === 'refused') throw failure('LaunchRefused', launch.reason);
    if (launch.kind === 'launched') {
      const { taskArn } = launch;
      seen(taskArn);
      status.set({ step: 'transform', generation, taskArn });
      return await call('awaitTask', summary, awaitBounds(plan))({ plan, run, generation, taskArn });
    }
    for (const taskArn of launch.by) {
      status.set({ step: 'stop', generation, taskArn, note: 'A task of an earlier run of this workflow comes first' });
      await call('stopTask', summary)({ taskArn, reason: `replaced by run ${run.runId} of ${run.workflowId}` });
    }
  }
}

function awaitBounds(plan: Plan) {
  const bound = (plan.timings.timeoutSeconds + definition.awaitSlackSeconds) * 1000;
  return { startToCloseTimeout: bound, scheduleToCloseTimeout: bound };
}

/**
 * The attempt's timeout, counted from before the launch. Whatever ends the wait early (timeout, cancel, a failure of
 * the wait itself), the task is stopped and seen STOPPED before this throws.
 */
async function withinTimeout(
  plan: Plan,
  title: string,
  work: (seen: (taskArn: string) => void) => Promise<TaskEnd>,
): Promise<TaskEnd> {
  const { timeoutSeconds } = plan.timings;
  let taskArn: string | undefined;
  const scope = new CancellationScope({ cancellable: true, timeout: timeoutSeconds * 1000 });
  try {
    return await scope.run(() =>
      work((arn) => {
        taskArn = arn;
      }),
    );
  } catch (error) {
    const cancelledFromOutside = CancellationScope.current().consideredCancelled;
    const timedOut = isCancellation(error) && !cancelledFromOutside;
    const why = timedOut ? `timeout of ${timeoutSeconds} s` : cancelledFromOutside ? 'run cancelled' : 'wait failed';
    const running = taskArn;
    if (running !== undefined) {
      await CancellationScope.nonCancellable(() =>
        call('stopTask', `${title}: ${why}`)({ taskArn: running, reason: why }),
      );
    }
    if (timedOut) throw failure('Timeout', `the task was still running after ${timeoutSeconds} s and was stopped`);
    throw error;
  }
}
