import { isFields } from '../../fields';

/** A path into the state's data: its names as far as they are plain, since indexes and filters come behind them. */
export interface Path {
  readonly text: string;
  readonly names: readonly string[];
}

const name = /^(?:\.([\p{L}\p{N}_-]+)|\[\s*(?:'([^']*)'|"([^"]*)")\s*\])/u;

/** `$.a['b'][0].c` is a, b: what is behind an index depends on the data. */
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
 * Texts in quotes, with `\'` in them. One that is not closed ends with the expression: a search from each of its quotes would take
 * quadratic time. Source: Amazon States Language, "Intrinsic Functions".
 */
const quoted = /'(?:\\.|[^'\\])*'?/g;
const dataPath = /(?<![\w$])\$(?![\w$])(?:\.[\p{L}\p{N}_-]+|\[[^\]]*\]?)*/gu;

/** The paths in a value of a `.$` key: itself, or the arguments of its intrinsic functions. `$$` and variables are others'. */
export function pathsIn(expression: string): Path[] {
  const isFunction = /^States\./.test(expression.trim());
  const bare = isFunction ? expression.replace(quoted, "''") : expression;
  return (bare.match(dataPath) ?? []).map(parsePath);
}

/** The paths in `Parameters` and the like, at any depth. */
export function pathsInTemplate(template: unknown): Path[] {
  if (Array.isArray(template)) return template.flatMap(pathsInTemplate);
  if (!isFields(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    key.endsWith('.$') && typeof value === 'string' ? pathsIn(value) : pathsInTemplate(value),
  );
}
