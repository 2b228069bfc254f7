import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ConversionState, convert } from '@etl/image/chunks/conversion';
import { openEngine } from '@etl/image/engine/open';
import { openSource } from '@etl/image/source/source';
import { fileUri } from '@etl/lib/fileUri';
import { createFileStore } from '@etl/storage/fileStore';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'etl-progress-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const chunkRows = 10;
/** Five chunks of rows of equal length, which are read at once. */
const csv = `id,name\n${Array.from({ length: 5 * chunkRows }, (_, row) => `${100 + row},abcd\n`).join('')}`;

/** Converts a stored file. Returns its size, the bytes read after each change, and the state after the second chunk. */
async function bytesOf(stored: Buffer, resumeFrom?: ConversionState) {
  const path = join(scratch, 'file.csv');
  await writeFile(path, stored);
  const source = await openSource(createFileStore(), fileUri(path), {});
  const engine = openEngine('kernel', source.head, 1);
  const seen = new Set<number>();
  let second: ConversionState | undefined;
  try {
    await convert({
      ...{ source, options: {}, chunkRows, scratch, engine, resumeFrom },
      signal: new AbortController().signal,
      chunkStore: {
        addPart: async (_, file, __, rows) => ({ file, rows, bytes: 1, sha256: '', location: file }),
        addFile: async (_, name) => name,
      },
      onProgress: ({ bytesRead }) => bytesRead !== undefined && seen.add(bytesRead),
      onState: async (state) => {
        if (state.chunks.length === 2) second = state;
      },
    });
  } finally {
    await engine.close();
  }
  return { total: stored.length, bytes: [...seen], second };
}

test.each([
  ['UTF-8', Buffer.from(csv)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${csv}`)],
  ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le')],
  ['gzip', gzipSync(csv)],
])('counts the bytes of converted rows, not those that were read ahead: %s', async (_, stored) => {
  const { total, bytes } = await bytesOf(stored);
  const shares = bytes.map((read) => read / total);
  expect(shares).toHaveLength(5);
  for (const [at, share] of shares.entries()) expect(Math.abs(share - (at + 1) / 5)).toBeLessThan(0.05);
  expect(bytes.at(-1)).toBe(total);
});

test.each([
  ['a file that is read from its third chunk', Buffer.from(csv), 3],
  ['a compressed file, whose first chunks are skipped', gzipSync(csv), 5],
])('counts the bytes of chunks that an earlier launch converted: %s', async (_, stored, changes) => {
  const { second } = await bytesOf(stored);
  const { total, bytes } = await bytesOf(stored, second);
  expect(bytes).toHaveLength(changes);
  expect(bytes.toSorted((a, b) => a - b)).toEqual(bytes);
  expect(bytes.at(-1)).toBe(total);
});
