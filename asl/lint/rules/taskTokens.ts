import { resourceOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** The token, or what it is within: the task, the context. In JSONPath and in JSONata. */
const token = /\$\$(\.Task(\.Token)?)?(?![\w.])|\$\$\.Task\.Token\b|\$\$\[|\$states\.context/;

/** Who does not get the token cannot answer with it. */
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
