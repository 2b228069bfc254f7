import { gzipSync } from 'node:zlib';
import { decompressHead } from '@etl/pipeline/csv/compression';
import { headBytes, inspectHead, longHeadBytes } from '@etl/pipeline/csv/inspectHead';

/** Text that gzip compresses to more than half its size. */
function noise(bytes: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: bytes }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return 48 + (state % 64);
    }),
  );
}

/** A long first line makes validation read more of the file than usual. */
const longLine = `a,${'x'.repeat(headBytes)}\n`;

describe('the cost of inspecting a head depends on its stored bytes', () => {
  test('inflates only the requested part of a head, whatever its compression ratio', async () => {
    const bomb = gzipSync(Buffer.concat([noise(60_000), Buffer.alloc(100_000_000)]));
    const head = await decompressHead(bomb, 'gzip', headBytes);
    expect('plain' in head && head.plain.length).toBeLessThan(headBytes + 256 * 1024);
  });

  test('inspects the rows after a long first line up to a limit', async () => {
    for (const complete of [true, false]) {
      const head = Buffer.concat([Buffer.from(longLine), Buffer.alloc(longHeadBytes - longLine.length, '1,\n')]);
      const { problems, sampleRows } = await inspectHead(head, { complete });
      expect(problems).toEqual([]);
      expect(sampleRows).toBeLessThanOrEqual(headBytes / 3);
    }
  });

  test('finds a long first line after empty lines', async () => {
    const { problems, columns } = await inspectHead(Buffer.from(`\n\r\n${longLine}1,2\n`), { complete: true });
    expect(problems).toEqual([]);
    expect(columns).toHaveLength(2);
  });
});

test('reads truncated gzip as far as possible and reports damaged gzip as a problem', async () => {
  const whole = gzipSync(noise(100_000));
  const cut = await decompressHead(whole.subarray(0, 50_000), 'gzip', headBytes);
  expect('plain' in cut && cut.plain.length).toBeGreaterThan(30_000);
  const damaged = Buffer.from(whole).fill(0xff, 20_000, 20_100);
  expect(await decompressHead(damaged, 'gzip', headBytes)).toEqual({ problem: expect.any(String) });
});

describe('a declared preamble', () => {
  const inspect = (text: string, skipLines: number, complete = true) =>
    inspectHead(Buffer.from(text), { complete, dialect: { delimiter: ';', skipLines, footer: { prefix: 'TOTAL' } } });

  test('is left out, and footer rows do not count as rows', async () => {
    const found = await inspect('Report\n"a;b;c\nx;y\n1;2\nTOTAL\n3;4\n', 2);
    expect(found).toMatchObject({ problems: [], warnings: [], sampleRows: 2, delimiter: ';', footer: 'TOTAL' });
    expect(found.preamble).toEqual({ lines: 2, bytes: 14 });
    expect(found.columns.map(({ name }) => name)).toEqual(['x', 'y']);
  });

  test('problems name the lines of the file', async () => {
    const { problems } = await inspect('one\ntwo\nx;y\n1;2\n3;"4\n', 2);
    expect(problems).toEqual([
      'the sample cannot be read as CSV: the quote opened in the row at line 5 is never closed',
    ]);
  });

  test('longer than the file is a problem', async () => {
    expect((await inspect('one\ntwo', 2)).problems).toEqual([
      'the file has at most 2 lines, but dialect.skipLines is 2',
    ]);
  });

  test('longer than the head asks for more of the file', async () => {
    const text = `${'x'.repeat(headBytes)}\na;b\n1;2\n`;
    const first = await inspect(text.slice(0, headBytes), 1, false);
    expect(first).toMatchObject({
      endless: true,
      problems: [`the first 1 lines do not end within ${headBytes} bytes`],
    });
    expect((await inspect(text, 1)).columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
