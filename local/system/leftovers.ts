import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signal } from '@etl/fargate/run/processes';
import { readJson } from '@etl/fargate/state/files';
import { taskFiles } from '@etl/fargate/state/records';
import { isAlive, type ProcessIdentity } from '@etl/lib/processIdentity';
import { places } from '../places';
import type { LocalSystemEntry, SystemPart } from './localSystems';

/** Returns the parts of a system whose processes have ended, or run. */
export function partsOf({ parts = [] }: Pick<LocalSystemEntry, 'parts'>, state: 'ended' | 'running'): SystemPart[] {
  return parts.filter((part) => isAlive(part) === (state === 'running'));
}

/** Returns the running tasks of a state folder. Tasks survive the Fargate endpoint, and the next one adopts them. */
export async function runningTasks(stateDir: string): Promise<SystemPart[]> {
  const folder = join(places(stateDir).ecs, 'tasks');
  const found = namesIn(folder).map(async (name) => {
    const supervisor = await readJson<ProcessIdentity>(taskFiles(join(folder, name)).supervisor);
    return supervisor && isAlive(supervisor) ? [{ name: `task ${name}`, ...supervisor }] : [];
  });
  return (await Promise.all(found)).flat();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Time in seconds in which a process may end after SIGTERM: longer than the stop timeout of a task. */
const graceSeconds = 150;

/** Terminates processes, and kills those that do not end in time. Resolves when all have ended. */
export async function endAll(processes: readonly ProcessIdentity[], seconds = graceSeconds): Promise<void> {
  const running = (): ProcessIdentity[] => processes.filter(isAlive);
  for (const { pid } of running()) signal(pid, 'SIGTERM');
  const deadline = performance.now() + seconds * 1000;
  while (running().length > 0 && performance.now() < deadline) await delay(100);
  for (const { pid } of running()) signal(pid, 'SIGKILL');
  while (running().length > 0) await delay(50);
}
