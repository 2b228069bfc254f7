import { isFields, list } from '../../fields';
import { integrationOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** Requests whose shape is known at every depth: below the first level others have maps with keys of the user's own. */
const known = /^(aws-sdk:)?(ecs:runTask(\.sync)?|(ecs:runTask|sns:publish|sqs:sendMessage)(\.waitForTaskToken)?)$/;

/** Objects of the user's own: nothing below them is an API's. */
const own = new Set(['Message', 'MessageBody']);

/** Objects whose keys are names of the user's, with an API's fields below them. */
const named = new Set(['MessageAttributes', 'MessageSystemAttributes']);

/** Services are written in camelCase in their own documents, and in PascalCase here. Source: AWS Step Functions Developer Guide. */
export const parameterNames: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    // What a function or an activity gets is no API's.
    const integration = integrationOf(fields);
    if (integration === undefined) return [];
    return camelCased(sentBy(fields), '', known.test(integration)).map(({ at, name }) => ({
      rule: 'parameter-names',
      state,
      message: `${at}${name} is unknown to the service, whose fields are in PascalCase here: write ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
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
