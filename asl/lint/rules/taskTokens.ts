import { resourceOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** The token, or an object that contains it (the task, the context), in JSONPath and in JSONata. */
const token = /\$\$(\.Task(\.Token)?)?(?![\w.])|\$\$\.Task\.Token\b|\$\$\[|\$states\.context/;

/** Requires that a `.waitForTaskToken` task sends its token: without the token, the worker cannot complete the task. */
export const taskTokens: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) =>
    !resourceOf(fields).endsWith('.waitForTaskToken') || token.test(JSON.stringify(sentBy(fields) ?? null))
      ? []
      : [
          {
            rule: 'task-token',
            state,
            message:
              'it waits for a token that nobody gets, until it times out: send it along, by "token.$": "$$.Task.Token" say',
          },
        ],
  );
