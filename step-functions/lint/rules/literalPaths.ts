import { isFields } from '../../definition/fields';
import { usesJsonPath } from '../definition';
import type { Rule } from '../finding';

/**
 * Finds paths and functions under a key without `.$`, which are not evaluated.
 * @see Amazon States Language, "Payload Template"
 */
export const literalPaths: Rule = (machine) =>
  Object.entries(machine.states).flatMap(([state, fields]) =>
    !usesJsonPath(machine, fields)
      ? []
      : ['Parameters', 'ItemSelector', 'ResultSelector'].flatMap((field) =>
          literals(fields[field], field).map(({ at, key, value }) => ({
            rule: 'literal-path',
            state,
            message: `${at} is the literal text ${value}: use "${key}.$" to evaluate it`,
          })),
        ),
  );

interface Literal {
  readonly at: string;
  readonly key: string;
  readonly value: string;
}

function literals(template: unknown, at: string): Literal[] {
  if (Array.isArray(template)) return template.flatMap((each, index) => literals(each, `${at}.${index}`));
  if (!isFields(template)) return [];
  return Object.entries(template).flatMap(([key, value]) => {
    if (key.endsWith('.$')) return [];
    const place = `${at}.${key}`;
    return typeof value === 'string' && looksEvaluated(value) ? [{ at: place, key, value }] : literals(value, place);
  });
}

const looksEvaluated = (text: string): boolean =>
  /^\$\$?(\.[\p{L}_]|\[)\S*$/u.test(text) || /^States\.[A-Z]\w*\(/.test(text);
