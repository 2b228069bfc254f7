import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { isPortFree } from '../freePort';
import { ownerOnly } from '../places';
import { PortTakenError } from './errors';
import { openWebUi } from './webUi';

export interface DevServerSettings {
  /** Path of the `temporal` program. */
  readonly exe: string;
  readonly port: number;
  readonly uiPort: number;
  /** Created in addition to `default` if absent. @default 'default' */
  readonly namespace?: string | undefined;
  /** Database of workflows. Without it, the server keeps them in memory only. */
  readonly dbFile?: string;
  readonly logFile: string;
  /** Stops a server that does not answer yet. */
  readonly signal?: AbortSignal | undefined;
}

export interface DevServer {
  readonly pid: number;
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Enables backlogs ordered by priority, with a fair share for each fairness key within a priority; newer servers order
 * by priority by default. The HTTP API, which would accept commands from every web page, answers no host. That setting
 * does not stop Nexus requests, so Nexus is off.
 * @see Temporal server 1.29, common/dynamicconfig/constants.go
 */
const dynamicConfig = [
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
  'frontend.httpAllowedHosts=[]',
  'system.enableNexus=false',
].flatMap((each) => ['--dynamic-config-value', each]);

/** Retention of closed workflows. The server's default is one day. */
export const retentionDays = 30;

const startSeconds = 30;
const stopSeconds = 10;

/**
 * Starts a Temporal dev server on 127.0.0.1 and returns once its namespace answers.
 * @throws PortTakenError, and the abort reason of the signal
 */
export async function startDevServer(settings: DevServerSettings): Promise<DevServer> {
  const { exe, port, uiPort, namespace = 'default', dbFile, logFile, signal } = settings;
  if (!(await isPortFree(port))) throw new PortTakenError(port, 'Temporal server');
  if (!(await isPortFree(uiPort))) throw new PortTakenError(uiPort, 'Temporal Web UI');
  mkdirSync(dirname(logFile), { recursive: true, mode: ownerOnly });
  const log = openSync(logFile, 'a');
  const ui = await openWebUi(uiPort);
  const address = ['--ip', '127.0.0.1', '--port', port, '--ui-port', ui.innerPort, '--metrics-port', ui.metricsPort];
  const child = spawn(
    exe,
    [
      'server',
      'start-dev',
      ...address.map(String),
      ...(namespace === 'default' ? [] : ['--namespace', namespace]),
      '--log-level',
      'warn',
      ...dynamicConfig,
      ...(dbFile ? ['--db-filename', dbFile] : []),
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      ended = true;
      resolve(how);
    };
    child.once('exit', (code, signal) => end(signal ? `ended by ${signal}` : `exit code ${code}`));
    child.once('error', (error) => end(error.message));
  }).finally(() => ui.close());
  const stop = async (): Promise<void> => {
    if (ended) return void (await exited);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
    await exited;
    clearTimeout(timer);
  };
  for (const deadline = performance.now() + startSeconds * 1000; !(await isReady(`127.0.0.1:${port}`, namespace)); ) {
    if (signal?.aborted) {
      await stop();
      throw signal.reason;
    }
    if (ended) throw new Error(`the Temporal server did not start (${await exited}): ${lastLine(logFile)}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`the Temporal server did not answer within ${startSeconds} s; see ${logFile}`);
    }
    await delay(100);
  }
  return { pid: child.pid ?? -1, exited, stop };
}

/** Returns whether the namespace exists and retains closed workflows for `retentionDays`. */
async function isReady(address: string, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1000 });
    try {
      const workflowExecutionRetentionTtl = msToTs(`${retentionDays} days`);
      await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
}
