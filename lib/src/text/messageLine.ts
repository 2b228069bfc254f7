import { escapeUnsafe } from './unsafe';

/** What a line of a message says. */
export type Fact = readonly [name: string, value: string | number | readonly string[]];

/**
 * Returns `Name: value`, a line of a message. A list has its items on lines of their own, indented by two spaces, so that no item
 * passes for a line of the message. The value is encoded here: a line break in it does not begin a line.
 */
export function messageLine([name, value]: Fact): string {
  if (typeof value !== 'object') return `${name}: ${messageValue(String(value))}`;
  return [`${name}:`, ...value.map((item) => `  ${messageValue(item)}`)].join('\n');
}

/**
 * Returns a text as a message may carry it, in its body or in an attribute: on one line, in characters that SNS and SQS take.
 * @see Amazon SQS API, SendMessage: the characters of XML 1.0
 */
export function messageValue(text: string): string {
  return escapeUnsafe(text);
}
