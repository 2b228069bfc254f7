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
            message: `there is no TimeoutSeconds, and so ${bound(machine.timeoutSeconds)}: say how long it may take`,
          },
        ],
  );

function bound(ofMachine: unknown): string {
  return typeof ofMachine === 'number'
    ? `the machine's (${ofMachine} s) is the only one, which ends the whole execution past every Catch`
    : `it waits until the execution ends, a Standard one after a year (the default is ${defaultSeconds} s)`;
}
