/** Compared characters of a text: more than any candidate has. */
const mostCompared = 200;

/** Returns the candidate with the smallest edit distance: insertions, deletions, replacements. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const start = text.slice(0, mostCompared);
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: distance(start, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

/** Returns the Levenshtein distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
