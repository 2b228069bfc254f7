import { context } from '../paths';

/** Identifies the execution as a run, in the terms of the container's fence and the commit log. */
export function run() {
  return {
    'workflowId.$': context.executionArn,
    'runId.$': context.executionName,
    'startedAt.$': context.startedAt,
  };
}
