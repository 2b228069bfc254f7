import { type Fields, fieldsOf, texts } from '../../fields';
import { integrationOf, statesOf, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** `States.ALL` stands alone and last. Source: Amazon States Language, "Errors". */
export const allErrors: Rule = (machine) =>
  statesOf(machine, 'Task', 'Parallel', 'Map').flatMap(([state, fields]) =>
    (['Retry', 'Catch'] as const).flatMap((field) =>
      problems(fieldsOf(fields[field])).map((problem) => ({
        rule: 'states-all',
        state,
        message: `${field}: States.ALL ${problem}`,
      })),
    ),
  );

function problems(entries: readonly Fields[]): string[] {
  return entries.flatMap(({ ErrorEquals }, index) => {
    const errors = texts(ErrorEquals);
    if (!errors.includes('States.ALL')) return [];
    return [
      ...(errors.length > 1 ? ['stands beside other errors: give it an entry of its own, the last'] : []),
      ...(index < entries.length - 1 ? ['is not last, and what follows it is never matched: move it to the end'] : []),
    ];
  });
}

/**
 * Step Functions does not match a timeout with `States.TaskFailed`, other interpreters do: whether a task that took too
 * long is run again must not depend on it.
 */
export const explicitTimeouts: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    if (!/\.sync(:\d+)?$/.test(integrationOf(fields) ?? '')) return [];
    const errors = fieldsOf(fields.Retry).map(({ ErrorEquals }) => texts(ErrorEquals));
    const failed = errors.findIndex((each) => each.includes('States.TaskFailed'));
    if (failed === -1 || errors.slice(0, failed + 1).some((each) => each.includes('States.Timeout'))) return [];
    return [
      {
        rule: 'explicit-timeout',
        state,
        message:
          'Retry: States.TaskFailed is retried, and nothing is said of States.Timeout, which interpreters count differently: put an entry for it first ("MaxAttempts": 0 for no retry)',
      },
    ];
  });
