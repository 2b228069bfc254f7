import { cutToBytes } from '../names';
import { escapeUnsafe } from './unsafe';

/** Limits in bytes. @see Temporal server, limits of user metadata */
const maxSummaryBytes = 400;
const maxDetailsBytes = 20_000;

/** Markdown that is safe to show. The functions below compose it and encode their arguments. */
class Markdown {
  constructor(private readonly source: string) {}

  toString(): string {
    return this.source;
  }
}

// Exports only the type, so that other modules cannot create Markdown from unencoded text.
export type { Markdown };

/** Composes Markdown from a template. Encodes its values unless they are Markdown. */
export function md(template: TemplateStringsArray, ...values: readonly (string | number | Markdown)[]): Markdown {
  const encoded = values.map((value) => (value instanceof Markdown ? String(value) : markdownText(String(value))));
  return new Markdown(String.raw({ raw: template }, ...encoded));
}

/** Returns a list, one line per item. The Web UI renders a list directly after a line as part of that paragraph. */
export function bullets(items: readonly (string | Markdown)[]): Markdown {
  return new Markdown(items.map((item) => String(md`- ${item}`)).join('\n'));
}

/** Joins paragraphs with blank lines. */
export function paragraphs(parts: readonly Markdown[]): Markdown {
  return new Markdown(parts.map(String).join('\n\n'));
}

/** Returns a text as code, such as a command. */
export function code(text: string): Markdown {
  // A backtick would end the code, and Markdown has no escapes inside code.
  const inside = escapeUnsafe(text).replaceAll('`', '\\u0060');
  const padded = inside.startsWith(' ') && inside.endsWith(' ') ? ` ${inside} ` : inside;
  return new Markdown(inside === '' ? '' : `\`${padded}\``);
}

/**
 * Returns plain text as Markdown. Text without Markdown syntax stays as it is; other text becomes code, in which links,
 * emphasis and addresses are not recognised.
 */
export function markdownText(text: string): string {
  const line = escapeUnsafe(text);
  return meaningful.test(line) ? String(code(text)) : line;
}

/**
 * Syntax of the Web UI's Markdown: special characters; an underscore at the edge of a word; an address that becomes a
 * link (S3 and file URIs do not); two dollar signs (mathematics); text that is replaced by typographic signs, such as
 * `--`, `...`, `(c)` and `1024/2048`; the start of a heading, a list, a definition or indented code; spaces that would
 * be lost.
 */
const meaningful = new RegExp(
  [
    '[`*[\\]<>&\\\\|~!@]',
    '(?<![\\p{L}\\p{N}_])_|_(?![\\p{L}\\p{N}_])',
    '(?<!\\b(?:s3|file)):\\/\\/|www\\.|mailto:',
    '\\$.*\\$|--|\\.\\.\\.|\\((?:c|r|tm)\\)|(?<![\\p{L}\\p{N}/])\\d+\\/\\d+(?![\\p{L}\\p{N}/])',
    '^(?:[-+=#:]|\\d{1,9}[.)]\\s)|^\\s|\\s$',
  ].join('|'),
  'iu',
);

/** Returns a text as a summary of the Web UI: one line of Markdown, of at most 400 bytes. */
export function summary(text: string): string {
  const line = escapeUnsafe(text);
  for (let bytes = maxSummaryBytes; ; bytes -= 20) {
    const encoded = markdownText(cutToBytes(line, bytes));
    if (fits(encoded, maxSummaryBytes)) return encoded;
  }
}

/** Returns the start options of a workflow that the Web UI shows. */
export function shownAs(title: string, about: Markdown): { staticSummary: string; staticDetails: string } {
  return { staticSummary: summary(title), staticDetails: details(about) };
}

/** Returns Markdown as details of the Web UI, truncated at a line to 20,000 bytes. */
export function details(markdown: Markdown): string {
  const text = String(markdown);
  if (fits(text, maxDetailsBytes)) return text;
  const kept = cutToBytes(text, maxDetailsBytes - 4);
  return `${kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0))}\n\n…`;
}

const fits = (text: string, maxBytes: number): boolean => cutToBytes(text, maxBytes).length === text.length;
