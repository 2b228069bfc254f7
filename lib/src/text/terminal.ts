import { escapeUnsafe } from './unsafe';

/** Returns a text as one line for a terminal, with control sequences escaped. */
export function terminalLine(text: string): string {
  return escapeUnsafe(text);
}

/** Returns text of several lines, such as a stack trace, with control sequences escaped. */
export function terminalLines(text: string): string {
  return text.split('\n').map(terminalLine).join('\n');
}
