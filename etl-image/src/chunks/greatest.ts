/** Returns the greatest number of each column. Missing numbers count as 0. */
export function greatest(lists: readonly (readonly number[])[], columns: number): number[] {
  const found = Array.from({ length: columns }, () => 0);
  for (const list of lists) {
    for (const [column, number] of list.entries()) found[column] = Math.max(found[column] ?? 0, number);
  }
  return found;
}
