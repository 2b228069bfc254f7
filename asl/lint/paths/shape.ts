/**
 * What is known of the data at a place. `keys` are there. Others are not (`none`), may be (`any`), or may be as far as they
 * are names of an AWS API's fields, which begin with a capital (`fields`).
 */
export interface Shape {
  readonly others: 'none' | 'fields' | 'any';
  readonly keys: ReadonlyMap<string, Shape>;
}

/** The event, or a function's answer: whatever is read from it may be there. */
export const unknownShape: Shape = { others: 'any', keys: new Map() };
/** The answer of a service: `$.validation`, say, is not in it. */
export const answerShape: Shape = { others: 'fields', keys: new Map() };
/** A scalar, or an empty object. */
export const leaf: Shape = { others: 'none', keys: new Map() };

/** An object of which all keys are known. */
export const objectOf = (keys: Iterable<readonly [string, Shape]>): Shape => ({ others: 'none', keys: new Map(keys) });

function child({ others, keys }: Shape, key: string): Shape | undefined {
  const mayBe = others === 'any' || (others === 'fields' && /^[A-Z]/.test(key));
  return keys.get(key) ?? (mayBe ? unknownShape : undefined);
}

/** What lies at a path; undefined where nothing is. */
export function at(shape: Shape, path: readonly string[]): Shape | undefined {
  let found: Shape | undefined = shape;
  for (const key of path) found = found && child(found, key);
  return found;
}

/** With a value put at a path, as `ResultPath` does it. */
export function put(shape: Shape, path: readonly string[], value: Shape): Shape {
  const along = [shape];
  for (const key of path) along.push(child(along.at(-1) ?? leaf, key) ?? leaf);
  return path.reduceRight((inner, key, index) => {
    const { others, keys } = along[index] ?? leaf;
    return { others, keys: new Map([...keys, [key, inner]]) };
  }, value);
}

/** What is there whichever of the two it is. */
export function meet(a: Shape, b: Shape): Shape {
  const keys = new Map<string, Shape>();
  for (const key of new Set([...a.keys.keys(), ...b.keys.keys()])) {
    const [inA, inB] = [child(a, key), child(b, key)];
    if (inA && inB) keys.set(key, meet(inA, inB));
  }
  const others = (['none', 'fields', 'any'] as const).find((each) => a.others === each || b.others === each) ?? 'none';
  return { others, keys };
}

/** Whether the same is known in both: the fixed point is reached. */
export function same(a: Shape, b: Shape): boolean {
  if (a.others !== b.others || a.keys.size !== b.keys.size) return false;
  for (const [key, inner] of a.keys) {
    const other = b.keys.get(key);
    if (!other || !same(inner, other)) return false;
  }
  return true;
}

/** Without what lies deeper: a loop that wraps its data at each turn would never end. */
export function shallow(shape: Shape, depth: number): Shape {
  if (depth === 0) return unknownShape;
  return {
    others: shape.others,
    keys: new Map([...shape.keys].map(([key, inner]) => [key, shallow(inner, depth - 1)])),
  };
}
