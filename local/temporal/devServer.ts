import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { isPortFree } from '../freePort';
import { PortTakenError } from './errors';
import { type ServerProcess, startServerProcess } from './serverProcess';
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

/**
 * Starts a Temporal dev server on 127.0.0.1 and returns once its namespace answers.
 * @throws PortTakenError, and the abort reason of the signal
 */
export async function startDevServer(settings: DevServerSettings): Promise<ServerProcess> {
  const { exe, port, uiPort, namespace = 'default', dbFile, logFile, signal } = settings;
  if (!(await isPortFree(port))) throw new PortTakenError(port, 'Temporal server');
  if (!(await isPortFree(uiPort))) throw new PortTakenError(uiPort, 'Temporal Web UI');
  const ui = await openWebUi(uiPort);
  const address = ['--ip', '127.0.0.1', '--port', port, '--ui-port', ui.innerPort, '--metrics-port', ui.metricsPort];
  const args = [
    'server',
    'start-dev',
    ...address.map(String),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    '--log-level',
    'warn',
    ...dynamicConfig,
    ...(dbFile ? ['--db-filename', dbFile] : []),
  ];
  const isReady = () => isNamespaceReady(`127.0.0.1:${port}`, namespace);
  try {
    const server = await startServerProcess({ exe, args, logFile, isReady, signal });
    return { ...server, exited: server.exited.finally(() => ui.close()) };
  } catch (error) {
    await ui.close();
    throw error;
  }
}

/** Returns whether the namespace exists and retains closed workflows for `retentionDays`. */
async function isNamespaceReady(address: string, namespace: string): Promise<boolean> {
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
