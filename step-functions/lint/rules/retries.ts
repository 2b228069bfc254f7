import { type Fields, fieldsOf, texts } from '../../definition/fields';
import { integrationOf, statesOf, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** Requires that `States.ALL` stands alone and last. @see Amazon States Language, "Errors" */
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
      ...(errors.length > 1 ? ['is combined with other errors: move it to a separate, last entry'] : []),
      ...(index < entries.length - 1 ? ['is not last, so later entries never match: move it to the end'] : []),
    ];
  });
}

const timeoutReasons: Readonly<Record<string, string>> = {
  'States.TaskFailed': 'which not every interpreter matches with it',
  'States.ALL': 'which it includes: the retry may run beside the first task and time out again',
};

/**
 * Requires an explicit retrier for timeouts in `.sync` tasks whose other retriers may match one. Step Functions does
 * not match a timeout with `States.TaskFailed`, but other interpreters do; `States.ALL` matches it. The definition must
 * state whether a task that timed out is launched again, possibly beside the first one.
 */
export const explicitTimeouts: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    if (!/\.sync(:\d+)?$/.test(integrationOf(fields) ?? '')) return [];
    const retries = fieldsOf(fields.Retry).map(({ ErrorEquals, MaxAttempts }) => ({
      errors: texts(ErrorEquals),
      none: MaxAttempts === 0,
    }));
    const error = retries.flatMap(({ errors, none }) =>
      errors.filter((each) => Object.hasOwn(timeoutReasons, each) && !(each === 'States.ALL' && none)),
    )[0];
    if (error === undefined) return [];
    const at = retries.findIndex(({ errors }) => errors.includes(error));
    if (retries.slice(0, at + 1).some(({ errors }) => errors.includes('States.Timeout'))) return [];
    return [
      {
        rule: 'explicit-timeout',
        state,
        message: `Retry: ${error} is retried without an entry for States.Timeout, ${timeoutReasons[error]}: add one before it ("MaxAttempts": 0 for no retry)`,
      },
    ];
  });
