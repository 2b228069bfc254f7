import { isDeepStrictEqual } from 'node:util';
import { GroupReader } from '@etl/image/engine/kernel/readGroup';
import { readGroup } from '@etl/image/engine/portable/readGroup';
import { noEvidence } from '@etl/image/types/evidence';
import { decideColumn } from '@etl/image/types/schema';
import { Kernel } from '@etl/image/wasm/kernel';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';

const dialect = { delimiter: ',', quote: '"', lineEnd: '\n' } as const;
const pageBytes = 65_536;
/** Alignment of the kernel's allocations, in bytes. */
const alignment = 64;

const plansOf = (names: readonly string[]) =>
  names.map((name) => decideColumn({ name, sourceName: name }, noEvidence, {}, dialect.delimiter).plan);

/** Returns the results of each engine for the same rows, without the pages. */
function bothEngines(rows: readonly Buffer[], columns: readonly string[]) {
  const bytes = new Uint8Array(Buffer.concat(rows));
  const plans = plansOf(columns);
  const { content: _pages, ...kernel } = new GroupReader(dialect).read(bytes, rows.length, plans);
  const { content, bytes: _bytes, rows: _rows, ...portable } = readGroup({ bytes, rows: rows.length }, plans, dialect);
  return { kernel, portable };
}

const row = (...fields: readonly (string | number)[]): Buffer => Buffer.from(`${fields.join(',')}\n`, 'latin1');

test('rejects bad bytes wherever the memory of the kernel grows', () => {
  // Every allocation of a row group is at the end of a page once, or one in five.
  const most = pageBytes / alignment;
  const differ: number[] = [];
  for (let step = 0; step < most; step += thorough ? 1 : 5) {
    const filler = 'y'.repeat(step * alignment);
    const rows = [row(1, 'a'), row(7, filler), row(8, '\xff'), row(9, '\0'), row(10), row(11, '"b"c')];
    const { kernel, portable } = bothEngines(rows, ['n', 't']);
    if (!isDeepStrictEqual(kernel, portable) || kernel.rejects.length !== 4) differ.push(step);
  }
  expect(differ).toEqual([]);
});

test('reads random row groups of random sizes like the portable engine', () => {
  const differ: number[] = [];
  for (let seed = 1; seed <= (thorough ? 2000 : 50); seed++) {
    const { below, chance, pick } = randomFrom(seed);
    const names = Array.from({ length: 1 + below(6) }, (_, at) => `c${at}`);
    const cell = (): string =>
      pick([
        '',
        '1',
        'x',
        '"q""q"',
        '2026-02-08',
        'NA',
        '\xff',
        '\0',
        '"a"b',
        'z'.repeat(below(chance(0.02) ? 60_000 : 9)),
      ]);
    const rows = Array.from({ length: 1 + below(chance(0.2) ? 3000 : 60) }, () =>
      row(...names.slice(chance(0.05) ? 1 : 0).map(cell)),
    );
    const { kernel, portable } = bothEngines(rows, names);
    if (!isDeepStrictEqual(kernel, portable)) differ.push(seed);
  }
  expect(differ).toEqual([]);
});

test('rejects an allocation while a view is in use, whether the memory must grow or not', () => {
  const kernel = new Kernel();
  const at = kernel.allocate(8);
  expect(() => kernel.withView(at, 8, () => kernel.allocate(1))).toThrow(/is in use/);
  expect(() => kernel.withView(at, 8, () => kernel.withView(at, 8, () => undefined) ?? kernel.allocate(1))).toThrow(
    /is in use/,
  );
  kernel.allocate(1);
});

test('rejects an allocation after a view is pinned, also after another view was in use', () => {
  const kernel = new Kernel();
  const kept = kernel.pinView(kernel.allocate(8), 8);
  kernel.withView(kept.byteOffset, 8, (bytes) => bytes.fill(1));
  expect([...kept]).toEqual(Array(8).fill(1));
  expect(() => kernel.allocate(1)).toThrow(/is pinned/);
});

test('reads and writes allocations from before the memory grew', () => {
  const kernel = new Kernel();
  const at = kernel.allocate(64);
  kernel.write(at, Buffer.from('año'));
  kernel.setWord(at + 8, 0xfedcba98);
  kernel.setDouble(at + 16, -0.5);
  kernel.allocate(10 * pageBytes);
  expect(kernel.text(at, 4)).toBe('año');
  expect([...kernel.words(at + 8, 1), kernel.word(at + 8), kernel.byte(at + 11)]).toEqual([
    0xfedcba98, 0xfedcba98, 0xfe,
  ]);
  expect(kernel.double(at + 16)).toBe(-0.5);
  kernel.setByte(at, 0x41);
  kernel.fill(at + 1, 2, 0x42);
  kernel.move(at + 1, at, 3);
  expect(Buffer.from(kernel.copy(at, 4)).toString()).toBe('AABB');
});
