import type { Random } from '../../support/random';
import { type Dialect, type GeneratedRow, writeField } from './generator';

interface Wanted {
  readonly texts: readonly string[];
  readonly columns: readonly { readonly name: string }[];
  readonly dialect: Dialect;
  readonly badBytes: boolean;
}

/** A blank row, or a row that must be rejected for one reason. */
export function brokenRow(random: Random, { texts, columns, dialect, badBytes }: Wanted): GeneratedRow {
  const { delimiter, quote, lineEnd } = dialect;
  const written = texts.map((text) => writeField(random, text, dialect));
  const rejected = (fields: readonly string[], reason: string, column: string | null = null): GeneratedRow => ({
    truth: { kind: 'rejected', reason, column },
    bytes: Buffer.from(fields.join(delimiter)),
  });
  const blank = (text: string): GeneratedRow => ({ truth: { kind: 'blank' }, bytes: Buffer.from(text) });
  const at = random.below(texts.length);
  const instead = (field: string): string[] => written.map((each, index) => (index === at ? field : each));
  const few = written.slice(0, 1 + random.below(Math.max(1, written.length - 1)));
  const choices: (() => GeneratedRow)[] = [
    () => blank(''),
    () => blank(texts.map(() => '').join(delimiter)),
    () => blank(texts.map(() => random.pick(['', quote + quote])).join(delimiter)),
    () => rejected([...written, 'one more'], 'too many fields'),
    () => rejected([...written, '', '', `${quote}x${quote}`], 'too many fields'),
    () => rejected(instead(`${quote}a${quote}b`), 'text after a closing quote'),
    () => rejected(instead(`${quote}a ${delimiter} ${quote}${quote}b${quote} `), 'text after a closing quote'),
  ];
  // A single empty field is an empty line.
  if (few.length < columns.length && few[0] !== '')
    choices.push(() => rejected(few, 'too few fields', columns[few.length]?.name ?? null));
  if (lineEnd !== '\r') choices.push(() => rejected(instead('a\rb'), 'a carriage return outside of quotes'));
  if (badBytes) {
    choices.push(() => {
      const bad = random.pick(['c3', 'ff', 'eda080', 'c0af', 'f8888080']);
      const [before, after] = [instead('x').slice(0, at), instead('x').slice(at + 1)];
      const pieces = [[...before, ''].join(delimiter), Buffer.from(bad, 'hex'), ['', ...after].join(delimiter)];
      const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
      const column = columns[at]?.name ?? null;
      return { truth: { kind: 'rejected', reason: 'bytes that are not UTF-8', column }, bytes };
    });
  }
  return random.pick(choices)();
}
