import { ephemeralStorageGiB, sizeProblem } from '@etl/ecs/sizes';
import type { ContainerDefinition } from '../api/schemas';

/**
 * Parses CPU units: `1 vCPU` is 1024. In `memoryMiB`, `8GB` is 8192. Both return undefined for an invalid size.
 * @see Amazon ECS API Reference, RegisterTaskDefinition
 */
export function cpuUnits(cpu: string): number | undefined {
  return parseSize(cpu, /^(\d+(?:\.\d+)?) ?vcpu$/i);
}

export function memoryMiB(memory: string): number | undefined {
  return parseSize(memory, /^(\d+(?:\.\d+)?) ?gb$/i);
}

function parseSize(value: string, inUnits: RegExp): number | undefined {
  if (/^\d+$/.test(value)) return Number(value);
  const units = inUnits.exec(value.trim())?.[1];
  return units === undefined ? undefined : Math.round(Number(units) * 1024);
}

/** Returns the problem of a Fargate task size as one sentence, or undefined for a valid size. */
export function taskSizeProblem(cpu: string | undefined, memory: string | undefined): string | undefined {
  if (cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (memory === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  const [units, mebibytes] = [cpuUnits(cpu), memoryMiB(memory)];
  if (units === undefined) return "Invalid 'cpu' setting for task.";
  if (mebibytes === undefined) return "Invalid 'memory' setting for task.";
  const problem = sizeProblem(units, mebibytes);
  return problem && `No Fargate configuration exists for given values: ${problem}.`;
}

type ContainerSize = Pick<ContainerDefinition, 'name' | 'cpu' | 'memory' | 'memoryReservation'>;

/** Returns which container sizes exceed the task's, as one sentence. */
export function containerSizeProblem(
  cpu: string | undefined,
  memory: string | undefined,
  containers: readonly ContainerSize[],
): string | undefined {
  const limit = memory === undefined ? undefined : memoryMiB(memory);
  const units = cpu === undefined ? undefined : cpuUnits(cpu);
  for (const { name, memory: own, memoryReservation } of containers) {
    if (own !== undefined && memoryReservation !== undefined && memoryReservation > own) {
      return `Invalid setting for container '${name}'. 'memoryReservation' must not be greater than 'memory'.`;
    }
    if (limit !== undefined && own !== undefined && own > limit) {
      return `The 'memory' setting for container '${name}' is greater than for the task.`;
    }
    if (limit === undefined && own === undefined && memoryReservation === undefined) {
      return `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`;
    }
  }
  if (
    limit !== undefined &&
    sum(containers, ({ memory: own, memoryReservation }) => own ?? memoryReservation) > limit
  ) {
    return "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.";
  }
  if (units !== undefined && sum(containers, (container) => container.cpu) > units) {
    return "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.";
  }
  return undefined;
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number | undefined): number =>
  items.reduce((total, item) => total + (of(item) ?? 0), 0);

export function storageProblem(storage: { sizeInGiB: number } | undefined): string | undefined {
  const { min, max } = ephemeralStorageGiB;
  const size = storage?.sizeInGiB;
  if (size === undefined || (Number.isInteger(size) && size >= min && size <= max)) return undefined;
  return `Invalid ephemeral storage size: it must be between ${min} and ${max} GiB.`;
}
