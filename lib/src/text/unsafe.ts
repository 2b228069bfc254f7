/**
 * Characters that text from outside must not carry into a line for people: control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional controls, zero-width and other invisible characters, lone surrogates and
 * noncharacters. Variation selectors stay, because emoji and names use them.
 */
const unsafe =
  '(?!\\p{Variation_Selector})[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}]';

/** Emoji joined by U+200D, and flags of regions, which stay. @see Unicode Technical Standard 51 */
const joined = '\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]?';
const flag = '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}';

const pattern = new RegExp(`${joined}(?:\\u200d${joined})+|${flag}|(${unsafe})`, 'gu');

/** Returns the text with every unsafe character replaced by `substitute(character)`. */
export function replaceUnsafe(text: string, substitute: (character: string) => string): string {
  return text.replace(pattern, (match, found: string | undefined) => (found === undefined ? match : substitute(found)));
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Returns the text on one line, with every unsafe character as `\n`, `\u001b` or `\u{e0001}`. Other text stays as it
 * is.
 */
export function escapeUnsafe(text: string): string {
  return replaceUnsafe(text, (character) => short[character] ?? codePoint(character));
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
}
