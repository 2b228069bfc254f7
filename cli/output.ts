import { jsonLine } from '@etl/lib/text/json';
import { terminalLine, terminalLines } from '@etl/lib/text/terminal';

/**
 * A stream for printed text. Text may contain keys, reasons and logs of other parties, so it is escaped. All output of
 * this command goes through these functions.
 */

type Out = Pick<NodeJS.WriteStream, 'write'>;

/** Prints lines. Line breaks within a line are escaped. */
export function printLines(lines: readonly string[], out: Out = process.stdout): void {
  out.write(lines.map((line) => `${terminalLine(line)}\n`).join(''));
}

const colours = { red: 31, green: 32, yellow: 33 } as const;

/** Prints a line in bold and in a colour, on a terminal that shows colours. @see https://no-color.org */
export function printHeadline(
  line: string,
  colour: keyof typeof colours,
  out: NodeJS.WriteStream = process.stdout,
): void {
  const { NO_COLOR = '', TERM } = process.env;
  const isColoured = out.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';
  const text = terminalLine(line);
  out.write(isColoured ? `\x1b[1;${colours[colour]}m${text}\x1b[0m\n` : `${text}\n`);
}

/** Prints a JSON object on one line. */
export function printJson(object: object, out: Out = process.stdout): void {
  out.write(`${jsonLine(object)}\n`);
}

/** Prints text of several lines and keeps its line breaks. */
export function printText(text: string, out: Out = process.stdout): void {
  out.write(terminalLines(text));
}

/** Ends the process with its exit code, once all printed text is written. */
export function exitOnceWritten(out: NodeJS.WriteStream = process.stdout): void {
  out.write('', () => process.exit());
}

/** Creates a status line that is updated in place on a terminal; elsewhere it prints a line for each change. */
export function createLine(out: NodeJS.WriteStream) {
  const terminal = out.isTTY === true;
  let last = '';
  const end = (): void => {
    if (!terminal) return;
    if (last !== '') out.write('\r\x1b[K');
    last = '';
  };
  return {
    show(text: string): void {
      const line = terminalLine(text);
      if (line === last) return;
      last = line;
      out.write(terminal ? `\r\x1b[K${cut(line, (out.columns || 120) - 1)}` : `${line}\n`);
    },
    /** Prints a permanent line. */
    note(text: string): void {
      end();
      printLines([`Note:   ${text}`], out);
    },
    end,
  };
}

/** Cuts a line without leaving half of a surrogate pair. */
const cut = (line: string, columns: number): string => line.slice(0, columns).replace(/[\ud800-\udbff]$/, '');
