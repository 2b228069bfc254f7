import { summary } from '@etl/lib/text/markdown';
import { type Bound, type StepDefinition, type StepName, steps, transform } from '@etl/pipeline/definition';
import {
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { EtlActivities } from '../activities/contract';

type Steps = Pick<EtlActivities, StepName>;

/** Bounds of a plan that declares no timeouts, in seconds. The caller overrides them with those of its plan. */
const defaultBounds = {
  launchTask: transform.launchQueueSeconds,
  awaitTask: transform.timeoutSeconds + transform.awaitSlackSeconds,
} as const;

/** Returns the activity options of a step. */
function optionsOf(step: StepName): ActivityOptions {
  const { taskQueue, attemptTimeoutSeconds, totalTimeoutSeconds, heartbeatSeconds, retry }: StepDefinition =
    steps[step];
  const milliseconds = (bound: Bound): number =>
    1000 * (bound === 'byPlan' ? defaultBounds[step as keyof typeof defaultBounds] : bound);
  return {
    taskQueue,
    startToCloseTimeout: milliseconds(attemptTimeoutSeconds),
    scheduleToCloseTimeout: milliseconds(totalTimeoutSeconds),
    ...(heartbeatSeconds !== undefined && { heartbeatTimeout: heartbeatSeconds * 1000 }),
    retry:
      retry === 'once'
        ? { maximumAttempts: 1 }
        : {
            initialInterval: retry.intervalSeconds * 1000,
            backoffCoefficient: retry.backoffRate,
            maximumInterval: retry.maxIntervalSeconds * 1000,
          },
  };
}

const proxyOf = <Step extends StepName>(step: Step) => [step, proxyActivities<Steps>(optionsOf(step))[step]] as const;

const { taskQueue: _, heartbeatTimeout: __, ...local } = optionsOf('registeredAttributes');

/** A local activity: workflows/attributes.ts says why. */
export const { registeredAttributes } = proxyLocalActivities<Pick<Steps, 'registeredAttributes'>>(local);

/**
 * Activities with the timeouts, retries and task queue of their steps. Call them with the options that `withSummary`
 * returns.
 */
export const {
  validateInput,
  launchTask,
  awaitTask,
  stopTask,
  findTasks,
  findOrphans,
  convertLight,
  planBatch,
  listFiles,
  awaitRuns,
  recordResults,
  confirmWork,
  confirmCommit,
  applySink,
  awaitSink,
  cancelSink,
  listSinkWork,
  findLate,
  recordLate,
  recordCheck,
  notify,
  sendToDeadLetters,
  reportLineage,
} = Object.fromEntries((Object.keys(steps) as StepName[]).map(proxyOf)) as ActivityInterfaceFor<Steps>;

/** Returns the options of one call: `overrides`, and `text`, escaped, as the summary that the Web UI shows. */
export function withSummary(text: string, overrides: ActivityOptions = {}): ActivityOptions {
  return { ...overrides, summary: summary(text) };
}
