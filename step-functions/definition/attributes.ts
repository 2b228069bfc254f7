import { entry } from './references';
import type { Template } from './types';

/**
 * Returns `MessageAttributes` in the form of `sns:publish` and `sqs:sendMessage`. The values are strings and may have
 * references.
 */
export function messageAttributes(values: Readonly<Record<string, string>>): Template {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Template] => [
      name,
      { DataType: 'String', ...entry('StringValue', value) },
    ]),
  );
}
