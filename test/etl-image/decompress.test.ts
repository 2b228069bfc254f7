import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Compression } from '@etl/pipeline/csv/compression';
import { DecodeError, decompress } from '../../etl-image/src/extractors/decompress';
import { zstdBomb, zstdFrame } from '../support/zstd';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function plainOf(
  bytes: Buffer,
  compression: Compression,
  size = 1 << 20,
  cap?: { bytes: number; times: number },
) {
  const out: Buffer[] = [];
  for await (const piece of decompress(pieces(bytes, size), compression, cap)) out.push(Buffer.from(piece));
  return Buffer.concat(out);
}

const content = Buffer.concat([Buffer.from('a,b\n'), randomBytes(300_000)]);
const compressors = {
  gzip: (bytes: Buffer) => gzipSync(bytes),
  zstd: (bytes: Buffer) => zstdFrame(bytes),
};

describe.each(['gzip', 'zstd'] as const)('%s', (compression) => {
  const compress = compressors[compression];

  test.each([1000, 65_536, 1 << 20])('one member and several, in pieces of %i bytes', async (size) => {
    expect((await plainOf(compress(content), compression, size)).equals(content)).toBe(true);
    const members = [content.subarray(0, 10), content.subarray(10, 10), content.subarray(10)].map(compress);
    expect((await plainOf(Buffer.concat(members), compression, size)).equals(content)).toBe(true);
  });

  test.each([1, 5, 100, 200_000])('cut off %i bytes before its end is damaged', async (missing) => {
    const bytes = compress(content);
    const cut = plainOf(bytes.subarray(0, bytes.length - missing), compression);
    await expect(cut).rejects.toThrow(DecodeError);
    await expect(cut).rejects.toThrow(new RegExp(`the ${compression} data is damaged behind \\d+ bytes of content`));
  });

  test.each([
    ['a few bytes', Buffer.from('xyz')],
    ['many bytes', Buffer.alloc(100_000, 'garbage ')],
    ['zeros and bytes', Buffer.concat([Buffer.alloc(512), Buffer.from('garbage and more of it')])],
  ])('followed by %s is damaged, however it arrives', async (_what, garbage) => {
    const bytes = Buffer.concat([compress(content), garbage]);
    for (const size of [1000, 1 << 20]) await expect(plainOf(bytes, compression, size)).rejects.toThrow(DecodeError);
  });
});

test('bombs end at the cap', async () => {
  const cap = { bytes: 1 << 20, times: 100 };
  const gzipped = gzipSync(Buffer.alloc(64 << 20, 'a'));
  await expect(plainOf(gzipped, 'gzip', 1000, cap)).rejects.toThrow(/expands to more than 100 times its size/);
  const frame = zstdBomb(Buffer.from('a,b\n'), 'x', 100_000);
  await expect(plainOf(frame, 'zstd', 1 << 20, cap)).rejects.toThrow(/expands to more than 100 times its size/);
});

test('what the source throws is handed on as it is', async () => {
  const failing = async function* () {
    yield gzipSync(content).subarray(0, 1000);
    throw new RangeError('the source');
  };
  const all = async () => {
    for await (const _piece of decompress(failing(), 'gzip'));
  };
  await expect(all()).rejects.toThrow(RangeError);
});
