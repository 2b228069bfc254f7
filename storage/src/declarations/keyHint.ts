import { keysAt } from '@etl/pipeline/dataset/jsonSchema';

/** Returns the end of the message about an unknown key: the most similar known key, else all known keys. */
export function keyHint(path: readonly string[], key: string): string {
  const known = keysAt(path);
  const [best] = known
    .map((name) => ({ name, distance: distance(name.toLowerCase(), key.toLowerCase().slice(0, 40)) }))
    .filter((each) => each.distance <= Math.ceil(each.name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  if (best) return `: use ${best.name} instead`;
  return known.length === 0 ? ': remove it' : `: use ${known.join(', ')}`;
}

/** Returns the number of insertions, deletions and replacements that turn one text into another (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (character === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
