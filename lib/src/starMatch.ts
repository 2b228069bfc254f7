/**
 * Returns whether items match a pattern in which a star stands for any number of items. Takes at most the product of
 * both lengths. Calls `matches` for each pair that it tries; the last successful call for a token belongs to the match
 * that is returned.
 */
export function starMatch<Token, Item>(
  pattern: readonly Token[],
  items: readonly Item[],
  isStar: (token: Token) => boolean,
  matches: (token: Token, item: Item) => boolean,
): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let position = 0; position < items.length; ) {
    const token = pattern[at];
    if (token !== undefined && isStar(token)) {
      star = at++;
      resume = position;
    } else if (token !== undefined && matches(token, items[position] as Item)) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  while (at < pattern.length && isStar(pattern[at] as Token)) at++;
  return at === pattern.length;
}
