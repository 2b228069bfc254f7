import type { TaskSize } from '@etl/ecs/sizes';
import type { ContainerMode } from './container';
import type { FailureType } from './failures/table';
import type { TaskEnd } from './failures/taskEnd';
import type { Lane } from './plan';
import { roundUsd } from './prices/roundUsd';
import type { RunPrices } from './prices/table';
import { lambdaUsd, taskCostUsd } from './prices/tasks';

/** One deliberate launch of a run, as shown in the run's memo, its result, its failure and the Web UI. */
export interface Launch {
  /** 1, 2, … */
  readonly generation: number;
  readonly lane: Lane;
  /** Number of the task among those that convert the file together, `3/8`; absent for a single task. */
  readonly shard?: string;
  /** Purpose of a task that neither converts the whole file nor a shard of it. */
  readonly purpose?: 'index' | 'commit';
  readonly spot: boolean;
  readonly taskArn?: string;
  readonly size?: TaskSize;
  /** Ephemeral storage that ECS reports; absent for the default. */
  readonly ephemeralStorageGiB?: number;
  /** Memory of the function; absent for a task and for a process of the worker. */
  readonly memoryMiB?: number;
  /** Seconds from the image pull (light lane: the start) to the stop; absent for a task that never started. */
  readonly seconds?: number;
  readonly exitCode?: number;
  /** Absent for a launch that succeeded. */
  readonly failureType?: FailureType;
  readonly reason?: string;
  /** Estimated cost in US dollars, by the prices of the plan; absent where the task's size or times are unknown. */
  readonly costUsd?: number;
}

/** Returns the record of a launch once its task has ended, priced with the plan's prices, else with the list prices. */
export function launchOf(
  requested: { generation: number; spot: boolean; size?: TaskSize },
  end: TaskEnd,
  prices?: RunPrices,
): Launch {
  const { size, ephemeralStorageGiB, pullStartedAt, startedAt, stoppedAt } = end;
  const from = pullStartedAt ?? startedAt;
  const seconds = from === undefined || stoppedAt === undefined ? undefined : Math.max(0, stoppedAt - from) / 1000;
  const spot = end.spot ?? requested.spot;
  const storage = ephemeralStorageGiB === undefined ? {} : { ephemeralStorageGiB };
  return {
    ...requested,
    taskArn: end.taskArn,
    lane: 'fargate',
    spot,
    ...(size && { size }),
    ...storage,
    ...(seconds !== undefined && { seconds }),
    ...(end.exitCode !== undefined && { exitCode: end.exitCode }),
    ...(size &&
      seconds !== undefined && { costUsd: roundUsd(taskCostUsd({ size, spot, seconds, ...storage }, prices)) }),
  };
}

/** Returns the same for a launch in the light lane. The cost of a worker's child process is part of the worker's. */
export function lightLaunchOf(
  generation: number,
  end: { readonly exitCode?: number; readonly seconds: number; readonly memoryMiB?: number },
  prices?: RunPrices,
): Launch {
  const { exitCode, seconds, memoryMiB } = end;
  return {
    generation,
    lane: 'light',
    spot: false,
    seconds,
    ...(exitCode !== undefined && { exitCode }),
    ...(memoryMiB !== undefined && { memoryMiB, costUsd: roundUsd(lambdaUsd({ seconds, memoryMiB }, prices)) }),
  };
}

/** Returns the known cost of the launches together, in US dollars; undefined when no cost is known. */
export function totalCostUsd(launches: readonly Pick<Launch, 'costUsd'>[]): number | undefined {
  const costs = launches.flatMap(({ costUsd }) => costUsd ?? []);
  return costs.length === 0 ? undefined : roundUsd(costs.reduce((sum, cost) => sum + cost, 0));
}

/** Returns how a launch in this mode is labelled; empty for the whole conversion. */
export function purposeOf(mode: ContainerMode | undefined): Pick<Launch, 'shard' | 'purpose'> {
  if (mode?.kind === 'shard') return { shard: `${mode.number}/${mode.of}` };
  return mode?.kind === 'index' || mode?.kind === 'commit' ? { purpose: mode.kind } : {};
}

/** Returns `index`, `shard 3/8` or `commit`; undefined for the whole conversion. */
export function describePurpose({ shard, purpose }: Pick<Launch, 'shard' | 'purpose'>): string | undefined {
  return shard === undefined ? purpose : `shard ${shard}`;
}

/** Returns `launch 2: Spot, 2 vCPU, 8 GiB, 61 s, $0.0016: SpotInterruption: Your Spot Task was interrupted.` */
export function describeLaunch(launch: Launch): string {
  const { generation, lane, spot, size, seconds, costUsd, failureType, reason, shard, purpose } = launch;
  const what = describePurpose(launch);
  const facts = [
    lane === 'light' ? 'light lane' : spot ? 'Spot' : 'on demand',
    ...(size ? [`${size.cpu / 1024} vCPU, ${size.memoryMiB / 1024} GiB`] : []),
    ...(seconds === undefined ? [] : [`${Math.round(seconds)} s`]),
    ...(costUsd === undefined ? [] : [`$${costUsd.toFixed(4)}`]),
  ];
  const done = shard !== undefined || purpose === 'index' ? 'done' : 'delivered';
  const outcome = failureType === undefined ? done : [failureType, reason].filter(Boolean).join(': ');
  return `launch ${generation}${what === undefined ? '' : ` (${what})`}: ${facts.join(', ')}: ${outcome}`;
}
