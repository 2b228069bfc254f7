import { escapeUnsafe } from './unsafe';

/** Name and value of a line of a message. */
export type Fact = readonly [name: string, value: string | number | readonly string[]];

/**
 * Returns a line of a message: `Name: value`. The items of a list follow on separate lines, indented by two spaces, so
 * that no item looks like a line of the message. Encodes the value, so that a line break in it does not start a line.
 */
export function messageLine([name, value]: Fact): string {
  if (typeof value !== 'object') return `${name}: ${messageValue(String(value))}`;
  return [`${name}:`, ...value.map((item) => `  ${messageValue(item)}`)].join('\n');
}

/**
 * Returns a text for the body or an attribute of a message: on one line, in characters that SNS and SQS accept.
 * @see Amazon SQS API, SendMessage: the characters of XML 1.0
 */
export function messageValue(text: string): string {
  return escapeUnsafe(text);
}
