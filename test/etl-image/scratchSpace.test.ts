import { tmpdir } from 'node:os';
import { checkScratch } from '@etl/image/chunks/scratchSpace';

test('requires room for two parts, however large the file', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 80, chunkRows: 1000, maxBytes: 1e15 })).resolves.toBeUndefined();
});

test('requires at most the size of a small file', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 80, chunkRows: 1e12, maxBytes: 1000 })).resolves.toBeUndefined();
});

test('reports the required and the free space', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 1e6, chunkRows: 1e9, maxBytes: 1e18 })).rejects.toMatchObject({
    code: 'NoSpace',
    message: expect.stringMatching(/2 parts of 1000000000 rows is about 2000000000 MB, but \d+ MB are free/),
  });
});
