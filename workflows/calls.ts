import { summary } from '@etl/lib/text/markdown';
import { type StepDefinition, type StepName, steps } from '@etl/pipeline/definition';
import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { EtlActivities } from '../activities/contract';

/** Activity options of a step, as the pipeline defines it. */
export function optionsOf(step: StepName): ActivityOptions {
  const { attemptTimeoutSeconds, totalTimeoutSeconds, heartbeatSeconds, retry, taskQueue }: StepDefinition =
    steps[step];
  return {
    taskQueue,
    startToCloseTimeout: attemptTimeoutSeconds * 1000,
    scheduleToCloseTimeout: totalTimeoutSeconds * 1000,
    ...(heartbeatSeconds !== undefined && { heartbeatTimeout: heartbeatSeconds * 1000 }),
    retry: {
      initialInterval: retry.intervalSeconds * 1000,
      backoffCoefficient: retry.backoffRate,
      maximumInterval: retry.maxIntervalSeconds * 1000,
    },
  };
}

/** Returns the activity of a step. Encodes the text that the Web UI shows on its line. */
export function call<Step extends StepName>(
  step: Step,
  text: string,
  overrides: ActivityOptions = {},
): EtlActivities[Step] {
  const options = { ...optionsOf(step), ...overrides, summary: summary(text) };
  return proxyActivities<Pick<EtlActivities, StepName>>(options)[step] as EtlActivities[Step];
}
