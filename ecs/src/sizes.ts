const gigabytes = (from: number, to: number, step: number): number[] => {
  const values: number[] = [];
  for (let gb = from; gb <= to; gb += step) values.push(gb * 1024);
  return values;
};

/** Fargate task sizes: memory sizes in MiB by CPU units. @see Amazon ECS task definition parameters for Fargate */
export const memoryByCpu: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gigabytes(1, 4, 1),
  1024: gigabytes(2, 8, 1),
  2048: gigabytes(4, 16, 1),
  4096: gigabytes(8, 30, 1),
  8192: gigabytes(16, 60, 4),
  16384: gigabytes(32, 120, 8),
};

/** CPU units (1024 per vCPU) and memory in MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryMiB: number;
}

export const ephemeralStorageGiB = { min: 21, max: 200 } as const;

/** Returns why a size is not one of Fargate's, with the valid sizes; undefined for a valid size. */
export function sizeProblem(cpu: number, memoryMiB: number): string | undefined {
  const memory = memoryByCpu[cpu];
  if (!memory) return `cpu ${cpu} is not a Fargate size: use one of ${Object.keys(memoryByCpu).join(', ')}`;
  if (memory.includes(memoryMiB)) return undefined;
  return `memory ${memoryMiB} MiB is not valid for cpu ${cpu}: use ${memory[0]} to ${memory.at(-1)} MiB in Fargate's steps`;
}

/**
 * Returns the size for a task that ran out of memory: at least twice the memory, else the largest one available; with
 * the same CPU if possible. Undefined without a larger size up to `maxMemoryMiB`.
 */
export function nextMemorySize({ cpu, memoryMiB }: TaskSize, maxMemoryMiB: number): TaskSize | undefined {
  const larger = Object.entries(memoryByCpu)
    .filter(([units]) => Number(units) >= cpu)
    .flatMap(([units, sizes]) => sizes.map((memory) => ({ cpu: Number(units), memoryMiB: memory })))
    .filter((size) => size.memoryMiB > memoryMiB && size.memoryMiB <= maxMemoryMiB);
  return larger.find((size) => size.memoryMiB >= 2 * memoryMiB) ?? larger.at(-1);
}
