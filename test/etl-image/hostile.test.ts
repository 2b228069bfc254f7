import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { Bench } from '../support/container';
import { checksummedFrame, zstdFrame } from '../support/zstd';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** Writes many pieces without holding all of them in memory. */
async function large(pieces: Iterable<string | Buffer>): Promise<string> {
  const path = join(bench.folder, 'large.csv');
  const out = createWriteStream(path);
  for (const piece of pieces) if (!out.write(piece)) await once(out, 'drain');
  out.end();
  await finished(out);
  return path;
}

function* repeated(head: string, piece: Buffer, times: number, tail: string): Generator<string | Buffer> {
  yield head;
  for (let n = 0; n < times; n++) yield piece;
  yield tail;
}

describe('exits with 65 and the position for an unterminated row, without reading the whole file', () => {
  test.each<[string, string, Buffer, string]>([
    ['an unclosed quote over 200 MB', 'a,b\n1,x\n2,"', Buffer.alloc(1 << 20, '3,zzz\n'), ''],
    ['a field of 100 MB', 'a,b\n1,x\n2,', Buffer.alloc(1 << 20, 'y'), '\n3,z\n'],
    ['a quoted field of 100 MB', 'a,b\n1,x\n2,"', Buffer.alloc(1 << 20, 'y'), '"\n3,z\n'],
  ])('%s', async (_what, head, piece, tail) => {
    const path = await large(repeated(head, piece, 100, tail));
    const before = Date.now();
    const run = await bench.run(path);
    expect(run.stderr).toMatch(/row 2 \(line 3, byte 8\) is longer than 16 MiB/);
    expect(run.exitCode).toBe(65);
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(existsSync(bench.published)).toBe(false);
  });
});

test('converts a row of 15 MB', async () => {
  const { rows } = await bench.convert(`a,b\n1,${'y'.repeat(15_000_000)}\n2,z\n`);
  expect(rows.map(({ a, b }) => [a, String(b).length])).toEqual([
    [1n, 15_000_000],
    [2n, 1],
  ]);
});

test('keeps the manifest small for a column of dates with values of megabytes', async () => {
  const dates = Array.from({ length: 100 }, (_, n) => `2026-02-${10 + (n % 9)},1\n`).join('');
  const values = Array.from({ length: 6 }, (_, n) => `${n}${'y'.repeat(2_000_000)},1\n`).join('');
  await bench.convert(`fecha,n\n${dates}${values}`);
  const manifest = await readFile(join(bench.published, '_manifest.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ coerced: { fecha: 6 }, coercedExamples: { fecha: expect.any(Array) } });
  expect(manifest.length).toBeLessThan(10_000);
});

test('converts 10,000 columns of one name in bounded memory', async () => {
  const names = Array<string>(10_000).fill('x');
  const rows = Array.from({ length: 30 }, (_, row) => names.map((_name, n) => (n % 2 ? row : `t${row}`)).join(','));
  const path = await bench.file('in.csv', `${names.join(',')}\n${rows.join('\n')}\n`);
  // Its own process, whose memory is measured.
  const { last } = await bench.start(bench.environment(path)).ended;
  expect((await bench.rows(['x', 'x_10000']))[29]).toEqual({ x: 't29', x_10000: 29n });
  expect(last.manifest?.schema.at(-1)).toMatchObject({ name: 'x_10000', type: 'integer', sourceName: 'x' });
  expect(last.manifest?.resources.peakMemoryMiB).toBeLessThan(500);
});

test.each([10_001, 3_500_000])('exits with 65 and the limit for %i columns', async (columns) => {
  const run = await bench.run(await bench.file('in.csv', `${','.repeat(columns - 1)}\n1\n`));
  expect(run.stderr).toContain(`the header has ${columns} columns, more than the limit of 10000`);
  expect(run.exitCode).toBe(65);
});

test('rejects NUL bytes and invalid UTF-8 after the sample with their position', async () => {
  const good = '1,x\n'.repeat(100_000);
  const bytes = Buffer.concat([Buffer.from(`a,b\n${good}2,`), Buffer.from([0xff, 0xfe]), Buffer.from('\n3,\0\n4,w\n')]);
  const { manifest, rows } = await bench.convert(bytes);
  expect(rows).toHaveLength(100_001);
  expect((await bench.rejects(manifest)).map(({ line, byteOffset, reason }) => [line, byteOffset, reason])).toEqual([
    [100_002, 400_004, 'bytes that are not UTF-8'],
    [100_003, 400_009, 'a NUL byte'],
  ]);
});

test.each<[string, Buffer]>([
  ['gzip cut off', gzipSync('a,b\n1,2\n3,4\n').subarray(0, 25)],
  ['gzip and other bytes', Buffer.concat([gzipSync('a,b\n1,2\n'), Buffer.from('something else')])],
  ['Zstandard cut off', zstdFrame(Buffer.alloc(300_000, 'a,b\n1,2\n')).subarray(0, -3)],
  ['Zstandard and other bytes', Buffer.concat([zstdFrame(Buffer.from('a,b\n1,2\n')), Buffer.alloc(30, 'x')])],
  ['Zstandard with a wrong bit', checksummedFrame.map((byte, at) => (at === 100 ? byte ^ 4 : byte)) as Buffer],
  ['UTF-16 with half a character', Buffer.from('\ufeffa,b\n1,\ud800\n2,x\n', 'utf16le')],
])('%s: exits with 65, one line of cause and one of remedy', async (_what, content) => {
  const run = await bench.run(await bench.file('in.csv', content));
  expect(run.exitCode).toBe(65);
  expect(run.stderr.trim().split('\n')).toHaveLength(2);
  expect(existsSync(bench.published)).toBe(false);
});

test('stops early with the reasons when rejects exceed maxRows', async () => {
  const rows = Array.from({ length: 50_000 }, (_, n) => (n % 100 === 0 ? `${n}` : `${n},x`));
  const options = { rejects: { maxRows: 10 } };
  const path = await bench.file('in.csv', `a,b\n${rows.join('\n')}\n`);
  const run = await bench.run(path, { CHUNK_ROWS: '5000' }, options);
  expect(run.exitCode).toBe(65);
  expect(run.stderr).toMatch(/50 of 5000 rows rejected, at most 10 allowed: 50 too few fields/);
});
