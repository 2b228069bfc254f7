/** Fargate task sizes: CPU units -> memory in MiB. Source: Amazon ECS task definition parameters for Fargate. */
const gigabytes = (from: number, to: number, step: number): number[] => {
  const values: number[] = [];
  for (let gb = from; gb <= to; gb += step) values.push(gb * 1024);
  return values;
};

export const memoryByCpu: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gigabytes(1, 4, 1),
  1024: gigabytes(2, 8, 1),
  2048: gigabytes(4, 16, 1),
  4096: gigabytes(8, 30, 1),
  8192: gigabytes(16, 60, 4),
  16384: gigabytes(32, 120, 8),
};

/** CPU units (1024 a vCPU) and MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryMiB: number;
}

export const ephemeralStorageGiB = { min: 21, max: 200 } as const;

/** Undefined for a size Fargate has; else one sentence that says which sizes there are. */
export function sizeProblem(cpu: number, memoryMiB: number): string | undefined {
  const memory = memoryByCpu[cpu];
  if (!memory) return `cpu ${cpu} is not a Fargate size: use one of ${Object.keys(memoryByCpu).join(', ')}`;
  if (memory.includes(memoryMiB)) return undefined;
  return `memory ${memoryMiB} MiB does not go with cpu ${cpu}: use ${memory[0]} to ${memory.at(-1)} MiB in Fargate's steps`;
}

/**
 * The size for a task that ran out of memory: twice the memory where Fargate has it, else the next more; with the
 * same CPU while that goes with it. Undefined when that would be above `maxMemoryMiB`, or is no size of Fargate's.
 */
export function nextMemorySize({ cpu, memoryMiB }: TaskSize, maxMemoryMiB: number): TaskSize | undefined {
  const larger = Object.entries(memoryByCpu)
    .filter(([units]) => Number(units) >= cpu)
    .flatMap(([units, sizes]) => sizes.map((memory) => ({ cpu: Number(units), memoryMiB: memory })))
    .filter((size) => size.memoryMiB > memoryMiB && size.memoryMiB <= maxMemoryMiB);
  return larger.find((size) => size.memoryMiB >= 2 * memoryMiB) ?? larger.at(-1);
}
