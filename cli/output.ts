import { jsonLine } from '@etl/lib/text/json';
import { terminalLine, terminalLines } from '@etl/lib/text/terminal';

/** What is printed may come from keys, reasons and logs that others have written. Nothing else of this command writes to its streams. */

type Out = Pick<NodeJS.WriteStream, 'write'>;

/** Prints lines. A line break in one of them does not begin another. */
export function printLines(lines: readonly string[], out: Out = process.stdout): void {
  out.write(`${lines.map(terminalLine).join('\n')}\n`);
}

/** Prints one JSON object on one line. */
export function printJson(object: object, out: Out = process.stdout): void {
  out.write(`${jsonLine(object)}\n`);
}

/** Prints text of several lines as it is laid out. */
export function printText(text: string, out: Out = process.stdout): void {
  out.write(terminalLines(text));
}

/** Shows one line that changes on a terminal, and a line per change elsewhere. */
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
    /** A line that stays. */
    note(text: string): void {
      end();
      printLines([`Note:   ${text}`], out);
    },
    end,
  };
}

/** Half of a surrogate pair is not a character. */
const cut = (line: string, columns: number): string => line.slice(0, columns).replace(/[\ud800-\udbff]$/, '');
