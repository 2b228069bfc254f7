import { tasksOf } from '../definition';
import type { Rule } from '../finding';

/** Step Functions' own bound where none is said. Source: Amazon States Language, "Task State". */
const defaultSeconds = 99_999_999;

/** A task that nobody ends is waited for as long as Step Functions' own bound. */
export const timeouts: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, { TimeoutSeconds, TimeoutSecondsPath }]) =>
    TimeoutSeconds !== undefined || TimeoutSecondsPath !== undefined
      ? []
      : [
          {
            rule: 'timeout',
            state,
            message: `there is no TimeoutSeconds, and so it waits ${defaultSeconds} s, three years: say how long it may take`,
          },
        ],
  );
