import { join } from 'node:path';
import { loadFaultPlan } from '@etl/fargate/faults/load';
import { type FaultPlan, FaultPlanError } from '@etl/fargate/faults/plan';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { identify } from '@etl/lib/processIdentity';
import { shellWord } from '@etl/lib/shellWord';
import { taskQueues } from '@etl/pipeline/definition';
import { parseConfig } from '../../config/environment';
import { getFreePort } from '../../local/freePort';
import { makeStateFolder, places } from '../../local/places';
import { reported } from '../../local/reported';
import { startProgram } from '../../local/system/component';
import { entryOf, systemNamespace } from '../../local/system/entry';
import { endAll, partsOf } from '../../local/system/leftovers';
import {
  type Announcement,
  announceSystem,
  killedSystem,
  runningSystems,
  type SystemPart,
} from '../../local/system/localSystems';
import { holdStateFolder } from '../../local/system/stateLock';
import { type LocalSystem, startSystem } from '../../local/system/system';
import { PortTakenError } from '../../local/temporal/errors';
import { datasetLines } from '../dataset/datasetLines';
import { cliExitCodes } from '../errors';
import { etlCommand, sameCommandWith, sampleFile, temporalCommandOn } from '../hints';
import { printJson, printLines } from '../output';
import { packageRoot } from '../packageRoot';
import { untilSignal } from '../signals';

export interface UpOptions {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly ecsPort: number;
  readonly faults?: FaultPlan;
  readonly watch?: string;
  /** Path of a program that replaces the worker of this package. */
  readonly worker?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export async function up({ detach, ...options }: UpOptions): Promise<void> {
  return detach ? upDetached(options) : upAttached(options);
}

/** Starts the system in a process of its own, and returns once it is ready. */
async function upDetached({ json, watch }: UpOptions): Promise<void> {
  const { stateDir } = parseConfig(process.env);
  const log = (line: string): void => printLines([line], json ? process.stderr : process.stdout);
  const stopping = new AbortController();
  void untilSignal().then(() => stopping.abort());
  makeStateFolder(stateDir);
  const program = join(packageRoot, 'cli', 'etl.js');
  const args = process.argv.slice(2).filter((arg) => !['--detach', '--json'].includes(arg));
  const logFile = join(places(stateDir).logs, 'up.log');
  const running = await reported(log, 'Starting the local system in the background', () =>
    startProgram(program, args, { env: process.env, logFile, signal: stopping.signal }),
  );
  running.release();
  const entry = runningSystems().find(({ pid }) => pid === running.pid);
  if (!entry) throw new CliError('the local system stopped at once', `See ${logFile}`, cliExitCodes.failed);
  const { temporal, ui, ecs, pid } = entry;
  if (json) printJson({ temporal, ui, ecs, taskQueue: taskQueues.main, pid });
  else {
    const shown = {
      stateDir,
      namespace: systemNamespace(),
      watch,
      datasets: await datasetLines(),
      ready: 'Ready. For example:',
      end: `Stop it with: ${etlCommand('down')}`,
    };
    for (const line of greeting({ temporal, ui, ecs }, shown)) log(line);
  }
}

async function upAttached({ json, faults, watch, worker, ...ports }: UpOptions): Promise<void> {
  const { stateDir } = parseConfig(process.env);
  const namespace = systemNamespace();
  const log = (line: string): void => {
    printLines([line], json ? process.stderr : process.stdout);
  };
  const stopping = new AbortController();
  const { signal: stop } = stopping;
  const signal = untilSignal().finally(() => stopping.abort());
  const self = {
    command: 'etl up',
    temporal: process.env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporalPort}`,
    ecs: `http://127.0.0.1:${ports.ecsPort}`,
  };
  const release = await holdStateFolder(stateDir, self, etlCommand('down'));
  const parts = new Map<string, SystemPart>();
  let announcement: Announcement | undefined;
  const onPart = (name: string, pid: number): void => {
    const identity = identify(pid);
    if (identity) parts.set(name, { name, ...identity });
    announcement?.setParts([...parts.values()]);
  };
  try {
    await endPartsOfKilled(log);
    const system = await startSystem({
      ...{ ...ports, namespace, faults, watch, worker, stateDir, log, onPart, signal: stop, persistent: true },
    }).catch(explainPortTaken);
    announcement = announceSystem(entryOf(system, stateDir, namespace));
    announcement.setParts([...parts.values()]);
    if (json) {
      const { temporal, ui, ecs } = system;
      const ready = { temporal, ui, ecs, taskQueue: taskQueues.main, pids: system.pids() };
      printJson(ready);
    } else {
      const shown = {
        stateDir,
        namespace,
        watch,
        datasets: await datasetLines(),
        ready: 'Ready. In another terminal:',
        end: 'Press Ctrl-C to stop everything.',
      };
      for (const line of greeting(system, shown)) log(line);
    }
    if (faults) {
      log(
        `Faults are on (${faults.rules.length} rules, seed ${faults.seed}): list and change them at ${system.ecs}/faults`,
      );
    }
    // A parent process waits for this if the system starts in the background.
    process.send?.('ready');
    await signal;
    log('Stopping …');
    announcement.withdraw();
    await system.stop();
    log('Stopped.');
  } finally {
    await release();
  }
}

/** Ends what a killed system of this folder left: it uses the ports and the database. Its tasks are adopted. */
async function endPartsOfKilled(log: (line: string) => void): Promise<void> {
  const killed = killedSystem();
  const left = killed ? partsOf(killed, 'running') : [];
  if (left.length === 0) return;
  await reported(log, `Stopping ${left.map(({ name }) => name).join(', ')}, left by a killed system`, () =>
    endAll(left),
  );
}

const portOptions: Readonly<Record<string, string>> = {
  'Temporal server': '--temporal-port',
  'Temporal Web UI': '--ui-port',
  'Fargate endpoint': '--ecs-port',
};

/** Throws an error that names the local system that uses the port, if any, and the command with another port. */
async function explainPortTaken(error: unknown): Promise<never> {
  if (!(error instanceof PortTakenError)) throw error;
  const { port, what, message } = error;
  // The process in the background has a parent that waits, and runs without --detach.
  const args = [...process.argv.slice(2), ...(process.send ? ['--detach'] : [])];
  const again = sameCommandWith(portOptions[what] ?? '--temporal-port', String(await getFreePort()), args);
  const owner = runningSystems().find(({ temporal, ui, ecs }) =>
    [temporal, ui, ecs].some((address) => address?.endsWith(`:${port}`)),
  );
  const by = owner ? ` by the local system in ${owner.stateDir} (process ${owner.pid})` : '';
  throw new CliError(
    `${message}${by}`,
    `Stop the process that uses the port, or choose another port: ${again}`,
    cliExitCodes.unavailable,
  );
}

interface Shown {
  readonly stateDir: string;
  readonly namespace: string;
  readonly watch: string | undefined;
  /** Lines about the declared datasets. */
  readonly datasets: readonly string[];
  /** Title of the commands to try. */
  readonly ready: string;
  /** How to stop the system. */
  readonly end: string;
}

/** Returns the addresses, and commands that can be pasted in this folder. */
export function greeting(
  { temporal, ui, ecs }: Pick<LocalSystem, 'temporal' | 'ui' | 'ecs'>,
  { stateDir, namespace, watch, datasets, ready, end }: Shown,
): string[] {
  const sample = sampleFile('ventas.csv');
  const event = JSON.stringify({ detail: { s3Key: fileUri(sample.absolute), batchDate: '2026-02-08' } });
  const start = ['workflow', 'start', '--type', 'etlPipeline', '--task-queue', taskQueues.main];
  return [
    `Temporal  ${temporal}`,
    ...(ui === undefined ? [] : [`Web UI    ${ui}`]),
    `Fargate   ${ecs}`,
    `State     ${stateDir}`,
    ...(watch === undefined ? [] : [`Watching  ${watch}`]),
    ...datasets,
    '',
    ready,
    `  ${etlCommand('run', sample.shown, '--date', '2026-02-08')}`,
    `  ${temporalCommandOn(temporal, namespace, ...start, '--workflow-id', 'my-first-run')} \\`,
    `    --input ${shellWord(event)}`,
    end,
  ];
}

/** Parses the option of a fault plan. */
export function faultPlan(fileOrJson: string): FaultPlan {
  try {
    return loadFaultPlan(fileOrJson);
  } catch (error) {
    if (!(error instanceof FaultPlanError)) throw error;
    throw new CliError(error.message, 'See docs/faults.md for all faults and their keys', cliExitCodes.usage);
  }
}
