import { tasksOf } from '../definition';
import type { Rule } from '../finding';

/** Step Functions' own bound where none is said. Source: Amazon States Language, "Task State". */
const defaultSeconds = 99_999_999;

/** A task that nobody ends is waited for until the execution ends. Source of the year: AWS Step Functions Developer Guide, "Quotas". */
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
