import { SinkError } from '../../../activities/ports';

/**
 * Maximum length of a name, in bytes of UTF-8.
 * @see Amazon Redshift Database Developer Guide, "Names and identifiers"
 */
export const maxNameBytes = 127;

/**
 * Returns a name as Redshift stores it: with lowercase ASCII letters, even if it is quoted, unless the parameter
 * `enable_case_sensitive_identifier` is set. The result does not depend on that parameter.
 */
export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Quotes a name, which may be any text, including a reserved word. */
export function identifier(name: string): string {
  return `"${folded(name).replaceAll('"', '""')}"`;
}

/** Quotes the name of a table with its schema. */
export function qualified(schema: string, table: string): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/**
 * Returns an expression for a text. Redshift reads a backslash in a literal as an escape character, PostgreSQL does not:
 * both read `chr(92)` as a backslash.
 */
export function literal(text: string): string {
  return text
    .split('\\')
    .map((part) => constant(part))
    .join(' || chr(92) || ');
}

/**
 * Quotes a text where SQL allows no expression.
 * @throws {SinkError} for a backslash or a NUL character
 */
export function constant(text: string): string {
  if (/[\\\0]/.test(text))
    throw new SinkError(
      `The text ${JSON.stringify(text)} has a backslash or NUL character, which the Redshift sink cannot pass to COPY. Rename it`,
    );
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns an expression for a day. `text`: YYYY-MM-DD. */
export function day(text: string): string {
  return `CAST(${literal(text)} AS DATE)`;
}
