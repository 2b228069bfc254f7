import { escapeUnsafe } from './unsafe';

/** HTML that is safe to show. The functions below compose it and encode their arguments. */
class Html {
  constructor(private readonly source: string) {}

  toString(): string {
    return this.source;
  }
}

// Exports only the type, so that other modules cannot create HTML from unencoded text.
export type { Html };

/** A value of a template. `undefined` and `false` stand for nothing. */
export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

/**
 * Composes HTML from a template. Encodes its values unless they are HTML, as content of an element and for attributes in
 * double quotes. Attributes without quotes, and elements whose content is not text (`script`, `style`), take no values.
 */
export function html(template: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: template.raw }, ...values.map(encoded)));
}

/** Joins parts without anything between them. */
export const joined = (parts: readonly HtmlValue[]): Html => html`${parts}`;

/** Returns lines for an element that preserves white space. Line breaks within a line are escaped. */
export function htmlLines(lines: readonly string[]): Html {
  return new Html(lines.map(htmlText).join('\n'));
}

/** Returns text of one line as HTML. Unsafe characters become visible escapes, such as `\u202e`. */
export function htmlText(text: string): string {
  return escapeUnsafe(text).replace(/[&<>"]/g, (character) => entities[character] ?? '');
}

/**
 * Returns a style sheet of this program as the content of a `style` element.
 *
 * @throws {Error} if it could end the element
 */
export function styleSheet(css: string): Html {
  if (css.includes('<')) throw new Error('the style sheet contains "<": remove it');
  return new Html(css);
}

/** Apostrophes stay: attributes are in double quotes. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function encoded(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'object' && !(value instanceof Html)) return value.map(encoded).join('');
  return value instanceof Html ? String(value) : htmlText(String(value));
}
