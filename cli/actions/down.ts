import { setTimeout as delay } from 'node:timers/promises';
import { signal } from '@etl/fargate/run/processes';
import { CliError } from '@etl/lib/cliError';
import { isAlive } from '@etl/lib/processIdentity';
import { places } from '../../local/places';
import { reported } from '../../local/reported';
import { endAll, partsOf, runningTasks } from '../../local/system/leftovers';
import { chosenSystem, forgetKilled, killedSystem, type LocalSystemEntry } from '../../local/system/localSystems';
import { cliExitCodes } from '../errors';
import { printLines } from '../output';

/** Longer than a worker and the tasks may take to stop. */
const longestStopSeconds = 180;

/**
 * Stops the selected local system, or the only one, and waits until it has stopped. Of a system that was killed, stops
 * what is left.
 */
export async function down(): Promise<void> {
  const log = (line: string): void => printLines([line]);
  const killed = killedSystem();
  if (killed) return endKilled(killed, log);
  const system = chosenSystem()?.system;
  if (!system) return log('No local system is running.');
  signal(system.pid, 'SIGTERM');
  const deadline = performance.now() + longestStopSeconds * 1000;
  await reported(log, `Stopping the local system in ${system.stateDir}`, async () => {
    while (isAlive(system) && performance.now() < deadline) await delay(100);
  });
  if (!isAlive(system)) return log('Stopped.');
  throw new CliError(
    `the local system (process ${system.pid}) is still running after ${longestStopSeconds} s`,
    `See ${places(system.stateDir).logs}, or end it with: kill -9 ${system.pid}`,
    cliExitCodes.unavailable,
  );
}

async function endKilled(system: LocalSystemEntry, log: (line: string) => void): Promise<void> {
  const { stateDir, pid } = system;
  const parts = partsOf(system, 'running');
  const tasks = await runningTasks(stateDir);
  const names = [...tasks, ...parts].map(({ name }) => name);
  if (names.length === 0) log(`The local system in ${stateDir} (process ${pid}) was killed. No process is left.`);
  else
    await reported(
      log,
      `The local system in ${stateDir} (process ${pid}) was killed. Stopping ${names.join(', ')}`,
      () => endAll([...tasks, ...parts]),
    );
  forgetKilled(stateDir);
  log('Stopped.');
}
