import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DecodeError } from '@etl/image/errors';
import { decompress } from '@etl/image/source/decompress';
import { type Compression, detectCompression } from '@etl/pipeline/csv/compression';
import { thorough } from '../support/thorough';
import { checksummedContent, checksummedFrame, zstdBomb, zstdFrame } from '../support/zstd';

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

  test.each([1000, 65_536, 1 << 20])('reads one member and several, in pieces of %i bytes', async (size) => {
    expect((await plainOf(compress(content), compression, size)).equals(content)).toBe(true);
    const members = [content.subarray(0, 10), content.subarray(10, 10), content.subarray(10)].map(compress);
    expect((await plainOf(Buffer.concat(members), compression, size)).equals(content)).toBe(true);
  });

  test.each([1, 5, 100, 200_000])('reports damage if %i bytes are missing at the end', async (missing) => {
    const bytes = compress(content);
    const cut = plainOf(bytes.subarray(0, bytes.length - missing), compression);
    await expect(cut).rejects.toThrow(DecodeError);
    await expect(cut).rejects.toThrow(new RegExp(`the ${compression} data is damaged after \\d+ bytes of content`));
  });

  test.each([
    ['a few bytes', Buffer.from('xyz')],
    ['many bytes', Buffer.alloc(100_000, 'garbage ')],
    ['zeros and other bytes', Buffer.concat([Buffer.alloc(512), Buffer.from('garbage and more of it')])],
  ])('reports damage if %s follows, in pieces of any size', async (_what, garbage) => {
    const bytes = Buffer.concat([compress(content), garbage]);
    for (const size of [1000, 1 << 20]) await expect(plainOf(bytes, compression, size)).rejects.toThrow(DecodeError);
  });
});

describe.each([
  ['gzip', gzipSync(checksummedContent)],
  ['zstd', checksummedFrame],
] as const)('a %s file with checksums', (compression, bytes) => {
  test('a single wrong bit never changes the data', async () => {
    let tried = 0;
    const wrong: number[] = [];
    let refused = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += thorough ? 1 : 5) {
      tried++;
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const outcome = await plainOf(damaged, compression).catch((error: unknown) => error);
      if (outcome instanceof DecodeError) refused++;
      else if (String(outcome) !== checksummedContent) wrong.push(bit);
    }
    expect(wrong).toEqual([]);
    // The other bits are in irrelevant fields, such as the time of compression.
    expect(refused / tried).toBeGreaterThan(0.9);
  });

  test('reports damage in a file truncated at any byte', async () => {
    const accepted: number[] = [];
    for (let cut = 1; cut < bytes.length; cut++) {
      const outcome = await plainOf(bytes.subarray(0, cut), compression).catch((error: unknown) => error);
      if (!(outcome instanceof DecodeError)) accepted.push(cut);
    }
    expect(accepted).toEqual([]);
  });

  test('reads the file byte by byte', async () => {
    expect(String(await plainOf(bytes, compression, 1))).toBe(checksummedContent);
  });
});

describe('zstd', () => {
  const tiny = Buffer.from('28b52ffd200841000061' + '2c620a312c320a', 'hex');
  const skippable = (bytes: number): Buffer => {
    const frame = Buffer.alloc(8 + bytes, 'x');
    frame.writeUInt32LE(0x184d2a53, 0);
    frame.writeUInt32LE(bytes, 4);
    return frame;
  };

  test('reads a whole frame of 17 bytes', async () => {
    expect(tiny).toHaveLength(17);
    for (const size of [1, 5, 100]) expect(String(await plainOf(tiny, 'zstd', size))).toBe('a,b\n1,2\n');
  });

  test('reads an empty frame as no bytes', async () => {
    expect(await plainOf(zstdFrame(Buffer.alloc(0)), 'zstd')).toHaveLength(0);
  });

  test('ignores skippable frames, also at the start', async () => {
    const file = Buffer.concat([skippable(4), tiny, skippable(300_000), tiny, skippable(0)]);
    expect(detectCompression(file)).toBe('zstd');
    for (const size of [1000, 1 << 20]) expect(String(await plainOf(file, 'zstd', size))).toBe('a,b\n1,2\n'.repeat(2));
  });

  test('reports a wrong content checksum', async () => {
    const damaged = Buffer.from(checksummedFrame);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
    await expect(plainOf(damaged, 'zstd')).rejects.toThrow(
      /after \d+ bytes of content: the content checksum does not match/,
    );
  });

  test('rejects a window of more than 128 MiB and a dictionary, with the reason', async () => {
    const block = Buffer.from([0x09, 0, 0, 0x61]);
    const magic = Buffer.from('28b52ffd', 'hex');
    const window = Buffer.concat([magic, Buffer.from([0x00, 18 << 3]), block]);
    await expect(plainOf(window, 'zstd')).rejects.toThrow(/a window of more than 128 MiB/);
    const dictionary = Buffer.concat([magic, Buffer.from([0x01, 0x38, 7]), block]);
    await expect(plainOf(dictionary, 'zstd')).rejects.toThrow(/needs a dictionary/);
  });

  test('two decoders work independently', async () => {
    const files = await Promise.all([plainOf(checksummedFrame, 'zstd', 7), plainOf(zstdFrame(content), 'zstd', 1000)]);
    expect(files.map(String)).toEqual([checksummedContent, String(content)]);
  });
});

test('stops a decompression bomb at the cap', async () => {
  const cap = { bytes: 1 << 20, times: 100 };
  const gzipped = gzipSync(Buffer.alloc(64 << 20, 'a'));
  await expect(plainOf(gzipped, 'gzip', 1000, cap)).rejects.toThrow(/expands to more than 100 times its size/);
  const frame = zstdBomb(Buffer.from('a,b\n'), 'x', 100_000);
  await expect(plainOf(frame, 'zstd', 1 << 20, cap)).rejects.toThrow(/expands to more than 100 times its size/);
});

test('passes errors of the source on unchanged', async () => {
  const failing = async function* () {
    yield gzipSync(content).subarray(0, 1000);
    throw new RangeError('the source');
  };
  const all = async () => {
    for await (const _piece of decompress(failing(), 'gzip'));
  };
  await expect(all()).rejects.toThrow(RangeError);
});
