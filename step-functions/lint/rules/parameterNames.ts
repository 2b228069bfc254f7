import { isFields, list } from '../../definition/fields';
import { integrationOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/**
 * Requests with a known shape at every depth. Other requests may have maps with user-defined keys below the first
 * level.
 */
const known = /^(aws-sdk:)?(ecs:runTask(\.sync)?|(ecs:runTask|sns:publish|sqs:sendMessage)(\.waitForTaskToken)?)$/;

/** User-defined objects: keys below them do not belong to an API. */
const own = new Set(['Message', 'MessageBody']);

/** Objects with user-defined keys, and API fields below them. */
const named = new Set(['MessageAttributes', 'MessageSystemAttributes']);

/**
 * Requires PascalCase, which Step Functions uses even for services that document camelCase.
 * @see AWS Step Functions Developer Guide
 */
export const parameterNames: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    // The payload of a function or an activity is not an API request.
    const integration = integrationOf(fields);
    if (integration === undefined) return [];
    return camelCased(sentBy(fields), '', known.test(integration)).map(({ at, name }) => ({
      rule: 'parameter-names',
      state,
      message: `${at}${name} is not a field of the request, whose names are in PascalCase: use ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    }));
  });

function camelCased(value: unknown, at: string, deep: boolean, namesAreOwn = false): { at: string; name: string }[] {
  if (Array.isArray(value)) return list(value).flatMap((each, index) => camelCased(each, `${at}${index}.`, deep));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = key.replace(/\.\$$/, '');
    const wrong = !namesAreOwn && /^[a-z]/.test(name) ? [{ at, name }] : [];
    if (!deep || (own.has(name) && !namesAreOwn)) return wrong;
    return [...wrong, ...camelCased(inner, `${at}${name}.`, deep, !namesAreOwn && named.has(name))];
  });
}
