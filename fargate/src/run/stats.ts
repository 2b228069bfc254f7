import { cpus } from 'node:os';
import { isAlive } from '@etl/lib/processIdentity';
import type { ContainerRecord, TaskState } from '../state/records';
import { cpuTimeOf, familyOf, isUsageKnown, memoryOf, systemCpuTime } from './usage';

/**
 * Returns a container's current usage in Docker's format, or null if it does not run or its usage is unknown. There is
 * no earlier sample to compare with, so `precpu_stats` are zeros, as in the first response of a Docker engine.
 */
export function statsOf({ record, programs }: TaskState, container: ContainerRecord, now: number): object | null {
  const identity = programs?.programs.find((program) => program.container === container.name);
  if (!identity || !isUsageKnown || !isAlive(identity)) return null;
  const pids = familyOf(identity.pid);
  const { user, system } = cpuTimeOf(pids);
  const usage = memoryOf(pids);
  const limit = Number(container.description.memory ?? record.description.memory) * 1024 * 1024;
  const cpu = (total: number, inUser: number, inSystem: number, ofSystem: number) => ({
    cpu_usage: { total_usage: total, usage_in_usermode: inUser, usage_in_kernelmode: inSystem },
    system_cpu_usage: ofSystem,
    online_cpus: cpus().length,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  });
  return {
    read: new Date(now).toISOString(),
    preread: '0001-01-01T00:00:00Z',
    name: container.name,
    id: container.description.runtimeId,
    pids_stats: { current: pids.length },
    cpu_stats: cpu(user + system, user, system, systemCpuTime()),
    precpu_stats: cpu(0, 0, 0, 0),
    memory_stats: { usage, limit, stats: { rss: usage } },
  };
}
