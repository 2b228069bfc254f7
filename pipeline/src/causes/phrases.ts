/** Maximum number of words between two words of a pattern. */
const gap = 6;

/**
 * Compiles patterns of words into one expression. A space stands for exactly that, ` … ` for up to six words in
 * between, `|` separates alternatives of one word, `{name}` stands for a group of words, `^` for the beginning of the
 * text.
 */
export function phrases(groups: Readonly<Record<string, string>>, ...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.map((pattern) => compiled(pattern, groups)).join('|'));
}

function compiled(pattern: string, groups: Readonly<Record<string, string>>): string {
  const words = pattern
    .replace(/^\^/, '')
    .replace(/\{(\w+)\}/g, (_, name: string) => groups[name] ?? name)
    .split(' ')
    .map((word) => (word === '…' ? `(?:\\S+ ){0,${gap}}` : `(?:${word}) `))
    .join('');
  // A text begins and ends with a space (`wordsOf`), so that every word has one on either side.
  return `${pattern.startsWith('^') ? '^' : ''} ${words}`;
}

/** A resource in a message may have any name without a space: `rate-exceeded`, `'throttled'`. */
const isName = (token: string): boolean =>
  /[a-z0-9][-/:@#+=_.][a-z0-9]/i.test(token) || /^(["'`]).*\1[.,;:)]*$/.test(token);
/** Maximum number of characters of a message that are searched: messages of services are shorter. */
export const searched = 4000;

/**
 * Returns the words of a message in lower case, separated and surrounded by single spaces, without punctuation and
 * resource names.
 */
export function wordsOf(text: string): string {
  const tokens = text
    .slice(0, searched)
    .replace(/[‘’]/g, "'")
    .replace(/\[[^[\]]*\]/g, ' ')
    .replace(
      /\brate-limit(?= ((has|was|is)( been)? )?(exceeded|reached|hit)\b)|(?<=\b(is|are|was|been|being|requests?) )rate-limited\b/gi,
      'rate limit',
    )
    .split(/\s+/);
  const words = tokens.map((token) => (isName(token) ? '*' : token.toLowerCase().replace(/[^a-z0-9']+/g, '')));
  const plain = words.filter(Boolean);
  return ` ${plain.join(' ')} `;
}
