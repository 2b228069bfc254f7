/**
 * Known structure of the data at a path. `keys` are present. Other keys are absent (`none`), may be present (`any`), or
 * may be present if they are capitalized like the fields of an AWS API (`fields`).
 */
export interface Shape {
  readonly others: 'none' | 'fields' | 'any';
  readonly keys: ReadonlyMap<string, Shape>;
}

/** The shape of the event or of a function's result: any path may be present. */
export const unknownShape: Shape = { others: 'any', keys: new Map() };
/** The shape of a service's response, which never contains, for example, `$.validation`. */
export const resultShape: Shape = { others: 'fields', keys: new Map() };
/** A scalar or an empty object. */
export const leaf: Shape = { others: 'none', keys: new Map() };

/** Returns the shape of an object with exactly these keys. */
export const objectOf = (keys: Iterable<readonly [string, Shape]>): Shape => ({ others: 'none', keys: new Map(keys) });

function child({ others, keys }: Shape, key: string): Shape | undefined {
  const mayBe = others === 'any' || (others === 'fields' && /^[A-Z]/.test(key));
  return keys.get(key) ?? (mayBe ? unknownShape : undefined);
}

/** Returns the shape at a path, or undefined if the path is absent. */
export function at(shape: Shape, path: readonly string[]): Shape | undefined {
  let found: Shape | undefined = shape;
  for (const key of path) found = found && child(found, key);
  return found;
}

/** Returns the shape with a value written at a path, like `ResultPath`. */
export function put(shape: Shape, path: readonly string[], value: Shape): Shape {
  const along = [shape];
  for (const key of path) along.push(child(along.at(-1) ?? leaf, key) ?? leaf);
  return path.reduceRight((inner, key, index) => {
    const { others, keys } = along[index] ?? leaf;
    return { others, keys: new Map([...keys, [key, inner]]) };
  }, value);
}

/** Returns what both shapes guarantee. */
export function meet(a: Shape, b: Shape): Shape {
  const keys = new Map<string, Shape>();
  for (const key of new Set([...a.keys.keys(), ...b.keys.keys()])) {
    const [inA, inB] = [child(a, key), child(b, key)];
    if (inA && inB) keys.set(key, meet(inA, inB));
  }
  const others = (['none', 'fields', 'any'] as const).find((each) => a.others === each || b.others === each) ?? 'none';
  return { others, keys };
}

/** Returns whether two shapes are equal, which means that the fixed point is reached. */
export function same(a: Shape, b: Shape): boolean {
  if (a.others !== b.others || a.keys.size !== b.keys.size) return false;
  for (const [key, inner] of a.keys) {
    const other = b.keys.get(key);
    if (!other || !same(inner, other)) return false;
  }
  return true;
}

/**
 * Truncates a shape at a depth: otherwise a loop that wraps its data in each iteration would never reach a fixed point.
 */
export function shallow(shape: Shape, depth: number): Shape {
  if (depth === 0) return unknownShape;
  return {
    others: shape.others,
    keys: new Map([...shape.keys].map(([key, inner]) => [key, shallow(inner, depth - 1)])),
  };
}
