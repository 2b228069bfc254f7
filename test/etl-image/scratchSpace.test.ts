import { tmpdir } from 'node:os';
import { checkScratch } from '@etl/image/chunks/scratchSpace';

test('room for two parts is enough, however large the file', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 80, chunkRows: 1000, mostBytes: 1e15 })).resolves.toBeUndefined();
});

test('a small file needs no more than its size, whatever a part may hold', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 80, chunkRows: 1e12, mostBytes: 1000 })).resolves.toBeUndefined();
});

test('too little is told with what is needed and what there is', async () => {
  await expect(checkScratch(tmpdir(), { rowBytes: 1e6, chunkRows: 1e9, mostBytes: 1e18 })).rejects.toMatchObject({
    code: 'NoSpace',
    message: expect.stringMatching(/2 parts of 1000000000 rows is about 2000000000 MB, and \d+ MB are free/),
  });
});
