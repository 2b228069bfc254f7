import { memoryByCpu, nextMemorySize, sizeProblem } from '@etl/ecs/sizes';

test.each([
  [256, 512, true],
  [256, 4096, false],
  [2048, 8192, true],
  [8192, 17_408, false],
  [16_384, 122_880, true],
  [300, 512, false],
])('cpu %i with %i MiB is a Fargate size: %s', (cpu, memory, valid) => {
  expect(sizeProblem(cpu, memory) === undefined).toBe(valid);
});

describe('the size after running out of memory', () => {
  test.each([
    [256, 512, 256, 1024],
    [256, 2048, 512, 4096],
    [2048, 8192, 2048, 16_384],
    [2048, 16_384, 8192, 32_768],
    [8192, 32_768, 16_384, 65_536],
  ])('%i/%i becomes %i/%i', (cpu, memoryMiB, nextCpu, nextMemory) => {
    expect(nextMemorySize({ cpu, memoryMiB }, 122_880)).toEqual({ cpu: nextCpu, memoryMiB: nextMemory });
  });

  test('is a larger Fargate size within the bound, or undefined', () => {
    for (const [cpu, sizes] of Object.entries(memoryByCpu)) {
      for (const memoryMiB of sizes) {
        const next = nextMemorySize({ cpu: Number(cpu), memoryMiB }, 61_440);
        // 56 GB is the last size of 16 vCPU within this bound.
        if (memoryMiB >= (Number(cpu) === 16_384 ? 57_344 : 61_440)) expect(next).toBeUndefined();
        else {
          expect(next?.memoryMiB).toBeGreaterThan(memoryMiB);
          expect(next?.memoryMiB).toBeLessThanOrEqual(61_440);
          expect(next && sizeProblem(next.cpu, next.memoryMiB)).toBeUndefined();
        }
      }
    }
  });
});
