import { RowScanner } from '@etl/image/csv/rowScanner';
import { Kernel } from '@etl/image/wasm/kernel';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';

const texts = thorough ? 50_000 : 1_500;
const dialects = [
  { delimiter: ',', quote: '"', lineEnd: '\n' },
  { delimiter: ';', quote: "'", lineEnd: '\r' },
] as const;
const maxBytes = 4096;

type Dialect = (typeof dialects)[number];

/** Returns the ends of the rows that `findRows` finds, with the line ends up to there. */
function searched(kernel: Kernel, text: Buffer, { delimiter, quote, lineEnd }: Dialect) {
  const [d, q, l] = [delimiter, quote, lineEnd].map((char) => char.charCodeAt(0)) as [number, number, number];
  kernel.reset();
  const start = kernel.allocate(text.length);
  const found = kernel.allocate(12);
  kernel.write(start, text);
  const rows: { end: number; lines: number }[] = [];
  let [at, lines] = [0, 0];
  while (at < text.length) {
    kernel.run.findRows(start + at, start + text.length, d, q, l, 1, true, found);
    const [count = 0, end = 0, more = 0] = kernel.words(found, 3);
    if (count === 0) return { rows, rest: text.length - at, open: true };
    at = end - start;
    lines += more;
    rows.push({ end: at, lines });
  }
  const whole = text.length === 0 || text.at(-1) === l;
  return { rows, whole, open: false };
}

/** Returns the same for a text that arrives in pieces and is scanned some rows at a time. */
function scanned(scanner: RowScanner, pieces: readonly Buffer[], most: () => number) {
  const ends: { rows: number; first: number; end: number; lines: number }[] = [];
  let [bytes, lines, rows, open, behind] = [0, 0, 0, false, 0];
  for (const piece of pieces) {
    for (const part of scanner.parts(piece)) {
      for (let at = 0; at < part.length; ) {
        const found = scanner.scan(part, at, most());
        rows += found.rows;
        if (found.rows > 0) {
          ends.push({
            rows,
            first: bytes + found.firstEnd,
            end: bytes + found.lastEnd,
            lines: lines + found.lastLines,
          });
          behind = bytes + found.lastEnd;
        }
        at += found.next;
        bytes += found.next;
        lines += found.lines;
        open = found.open;
      }
    }
  }
  return { ends, rows, open, rest: bytes - behind };
}

test('finds the row ends of findRows in random hostile texts, in random pieces', () => {
  const kernel = new Kernel();
  const seen = { open: 0, stray: 0, long: 0 };
  for (let seed = 1; seed <= texts; seed++) {
    const { pick, below, chance } = randomFrom(seed);
    const dialect = pick(dialects);
    const { delimiter: d, quote: q, lineEnd: l } = dialect;
    // Quotes of every kind: well placed, doubled, stray, never closed, and across blocks and pieces.
    const calm = chance(0.5) ? 60 : 6;
    const atom = (): string =>
      pick([
        q,
        q,
        q + q,
        `${d}${q}`,
        `${q}${d}`,
        `${q}${l}`,
        `${l}${q}`,
        d,
        l,
        `\r\n`,
        'a',
        'b'.repeat(below(calm)),
        'ñ',
      ]);
    const text = Buffer.from(Array.from({ length: below(chance(0.1) ? 300 : 40) }, atom).join(''));
    const cuts = Array.from({ length: below(4) }, () => below(text.length + 1)).sort((a, b) => a - b);
    const pieces = [0, ...cuts].map((from, index) => text.subarray(from, cuts[index] ?? text.length));
    const wanted = searched(kernel, text, dialect);
    const found = scanned(new RowScanner({ ...dialect, maxBytes }), pieces, () => 1 + below(chance(0.5) ? 3 : 40));

    // Text after the last line end is a row only if the text has ended.
    const complete = wanted.open || wanted.whole ? wanted.rows : wanted.rows.slice(0, -1);
    const before = [0, ...found.ends.map(({ rows }) => rows)];
    const expected = {
      ends: found.ends.map(({ rows }, at) => ({ rows, first: complete[before[at] ?? 0]?.end, ...complete[rows - 1] })),
      ...{ rows: complete.length, open: wanted.open, rest: text.length - (complete.at(-1)?.end ?? 0) },
    };
    // Comparing texts is faster, and most are equal.
    if (JSON.stringify(found) !== JSON.stringify(expected))
      expect({ seed, text: text.toString(), ...found }).toEqual({ seed, text: text.toString(), ...expected });
    if (wanted.open) seen.open++;
    if (text.toString().includes(`a${q}`)) seen.stray++;
    if (complete.length > 20) seen.long++;
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(texts / 50);
});

test('scans pieces in its own memory without a copy', () => {
  const scanner = new RowScanner({ ...dialects[0], maxBytes });
  const slot = scanner.slots[1] as Buffer;
  const length = slot.write('a,"b\n""c"\nd\n"e');
  const [part] = scanner.parts(slot.subarray(0, length));
  expect(part?.buffer).toBe(slot.buffer);
  expect(part && scanner.scan(part, 0, 100)).toEqual({
    ...{ rows: 2, next: length, lines: 3, firstEnd: 10, lastEnd: 12, lastLines: 3, quote: true, open: true },
  });
});
