import { isFields } from '../../definition/fields';
import { usesJsonPath } from '../definition';
import type { Rule } from '../finding';

/**
 * Requires as many arguments of `States.Format` as its template has `{}`.
 * @see Amazon States Language, "Intrinsic Functions"
 */
export const formatArguments: Rule = (machine) =>
  Object.entries(machine.states).flatMap(([state, fields]) =>
    !usesJsonPath(machine, fields)
      ? []
      : ['Parameters', 'ItemSelector', 'ResultSelector'].flatMap((field) =>
          expressions(fields[field])
            .flatMap(formats)
            .filter(({ places, given }) => places !== given)
            .map(({ text, places, given }) => ({
              rule: 'format-arguments',
              state,
              message: `${field}: States.Format has ${places} {} in ${text} but ${given} arguments: pass one argument for each {}`,
            })),
        ),
  );

function expressions(template: unknown): string[] {
  if (Array.isArray(template)) return template.flatMap(expressions);
  if (!isFields(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    key.endsWith('.$') && typeof value === 'string' ? [value] : expressions(value),
  );
}

interface Format {
  readonly text: string;
  readonly places: number;
  readonly given: number;
}

/** Returns each call with a literal template, nested calls included. */
function formats(expression: string): Format[] {
  const calls: { commas: number; text: string | undefined }[] = [];
  const found: Format[] = [];
  for (const [token] of expression.matchAll(/[\w.]+\(|'(?:\\.|[^'\\])*'?|\[[^\]]*\]?|[,)]|[^\w.'[,)]+|[\w.]+/g)) {
    const call = calls.at(-1);
    if (token.endsWith('(') && token.length > 1 && /^[\w.]/.test(token)) {
      calls.push({ commas: 0, text: token === 'States.Format(' ? '' : undefined });
    } else if (token === ',' && call) call.commas++;
    else if (token === ')') {
      const ended = calls.pop();
      if (ended?.text) found.push({ text: ended.text, places: placesIn(ended.text), given: ended.commas });
    } else if (token.startsWith("'") && call?.text === '' && call.commas === 0) call.text = token;
  }
  return found;
}

/** Counts the placeholders of a template. `\\{` is a literal brace. */
const placesIn = (text: string): number => text.replace(/\\./g, '').split('{}').length - 1;
