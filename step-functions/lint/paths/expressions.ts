import { isFields } from '../../definition/fields';

/** A path into the state's data. `names` holds its leading plain names, up to the first index or filter. */
export interface Path {
  readonly text: string;
  readonly names: readonly string[];
}

const name = /^(?:\.([\p{L}\p{N}_-]+)|\[\s*(?:'([^']*)'|"([^"]*)")\s*\])/u;

/** Parses a path: `$.a['b'][0].c` gives a, b, because what follows an index depends on the data. */
export function parsePath(text: string): Path {
  const names: string[] = [];
  let rest = text.slice(1);
  for (let found = name.exec(rest); found; found = name.exec(rest)) {
    names.push(found[1] ?? found[2] ?? found[3] ?? '');
    rest = rest.slice(found[0].length);
  }
  return { text, names };
}

/**
 * String literals in quotes, with `\'` as an escape. An unclosed literal ends with the expression: a search from each of
 * its quotes would take quadratic time.
 * @see Amazon States Language, "Intrinsic Functions"
 */
const quoted = /'(?:\\.|[^'\\])*'?/g;
const dataPath = /(?<![\w$])\$(?![\w$])(?:\.[\p{L}\p{N}_-]+|\[[^\]]*\]?)*/gu;

/**
 * Returns the paths in the value of a `.$` key: the value itself, or the arguments of its intrinsic functions. Paths
 * into the context object (`$$`) and variables are excluded.
 */
export function pathsIn(expression: string): Path[] {
  const isFunction = /^States\./.test(expression.trim());
  const bare = isFunction ? expression.replace(quoted, "''") : expression;
  return (bare.match(dataPath) ?? []).map(parsePath);
}

/** Returns the paths in a payload template such as `Parameters`, at any depth. */
export function pathsInTemplate(template: unknown): Path[] {
  if (Array.isArray(template)) return template.flatMap(pathsInTemplate);
  if (!isFields(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    key.endsWith('.$') && typeof value === 'string' ? pathsIn(value) : pathsInTemplate(value),
  );
}
