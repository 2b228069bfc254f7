import { escapeUnsafe } from './unsafe';

/** Returns a text as a line of a terminal: no control sequence in it is executed, and it stays on its line. */
export function terminalLine(text: string): string {
  return escapeUnsafe(text);
}

/** The same for text of several lines, such as a stack trace. */
export function terminalLines(text: string): string {
  return text.split('\n').map(terminalLine).join('\n');
}
