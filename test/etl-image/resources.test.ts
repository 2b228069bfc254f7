import { quotaCpus, resourcesFor } from '../../etl-image/src/config/resources';

test.each([
  ['0.25 vCPU, 512 MiB', 512, 0.25, 1],
  ['0.5 vCPU, 1 GB', 1024, 0.5, 1],
  ['1 vCPU, 2 GB', 2048, 1, 1],
  ['2 vCPU, 4 GB', 4096, 2, 2],
  ['4 vCPU, 8 GB', 8192, 4, 4],
  ['8 vCPU, 16 GB', 16_384, 8, 8],
  ['16 vCPU, 120 GB', 122_880, 16, 16],
  ['more processors than the memory allows', 700, 16, 4],
  ['too little memory, which still gives one thread', 256, 2, 1],
])('%s: uses as many threads as processors and memory allow', (_what, memoryMiB, cpus, threads) => {
  expect(resourcesFor(memoryMiB, cpus).threads).toBe(threads);
});

test('uses fewer threads for thousands of columns if memory is short', () => {
  expect(resourcesFor(2048, 4, 20_000).threads).toBe(3);
  expect(resourcesFor(1024, 4, 20_000).threads).toBe(1);
  expect(resourcesFor(122_880, 16, 20_000).threads).toBe(16);
});

test.each([
  ['50000 100000', 0.5],
  ['200000 100000', 2],
  ['max 100000', undefined],
  ['', undefined],
  [undefined, undefined],
])('cpu.max %j is %p processors', (text, cpus) => {
  expect(quotaCpus(text)).toBe(cpus);
});
