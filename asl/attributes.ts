import { entry } from './references';
import type { Template } from './types';

/** `MessageAttributes`, as `sns:publish` and `sqs:sendMessage` take them: texts, some of them with references. */
export function messageAttributes(values: Readonly<Record<string, string>>): Template {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Template] => [
      name,
      { DataType: 'String', ...entry('StringValue', value) },
    ]),
  );
}
