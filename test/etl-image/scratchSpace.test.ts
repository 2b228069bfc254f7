import { tmpdir } from 'node:os';
import { checkScratch } from '@etl/image/chunks/scratchSpace';

const small = { rowBytes: 80, chunkRows: 1000, maxBytes: 1e15, keyBytes: 0 };

test('requires room for two parts, however large the file', async () => {
  await expect(checkScratch(tmpdir(), small)).resolves.toBeUndefined();
});

test('requires at most the size of a small file', async () => {
  await expect(checkScratch(tmpdir(), { ...small, chunkRows: 1e12, maxBytes: 1000 })).resolves.toBeUndefined();
});

test('reports the required and the free space', async () => {
  const large = { ...small, rowBytes: 1e6, chunkRows: 1e9, maxBytes: 1e18 };
  await expect(checkScratch(tmpdir(), large)).rejects.toMatchObject({
    code: 'NoSpace',
    message: expect.stringMatching(/2 parts of 1000000000 rows is about 2000000000 MB, but \d+ MB are free/),
  });
});

test('requires room for the keys of two parts', async () => {
  const keys = { ...small, chunkRows: 1e9, rowBytes: 0, keyBytes: 20_000 };
  await expect(checkScratch(tmpdir(), keys)).rejects.toMatchObject({ message: expect.stringMatching(/60000000 MB/) });
});
