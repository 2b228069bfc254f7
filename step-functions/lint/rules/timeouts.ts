import { tasksOf } from '../definition';
import type { Rule } from '../finding';

/** Default timeout of Step Functions. @see Amazon States Language, "Task State" */
const defaultSeconds = 99_999_999;

/**
 * Requires a timeout for each task: without one, the state waits for an unfinished task until the execution ends.
 * @see AWS Step Functions Developer Guide, "Quotas", for the limit of one year
 */
export const timeouts: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, { TimeoutSeconds, TimeoutSecondsPath }]) =>
    TimeoutSeconds !== undefined || TimeoutSecondsPath !== undefined
      ? []
      : [
          {
            rule: 'timeout',
            state,
            message: `TimeoutSeconds is missing, so ${bound(machine.timeoutSeconds)}: set it`,
          },
        ],
  );

function bound(ofMachine: unknown): string {
  return typeof ofMachine === 'number'
    ? `only the machine's timeout (${ofMachine} s) applies, which ends the execution without a Catch`
    : `the task may wait until the execution ends, after a year in a Standard workflow (the default is ${defaultSeconds} s)`;
}
