import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { FaultPlan } from '@etl/fargate/faults/plan';
import { clientSettings } from '@etl/pipeline/awsClients';
import { Connection } from '@temporalio/client';
import { createTaskDefinitionRegistrar } from '../../aws/taskDefinitionRegistrar';
import { registerAttributes } from '../../config/searchAttributes';
import { localEcsSettings, localTaskDefinition } from '../ecsSettings';
import { isPortFree } from '../freePort';
import { places } from '../places';
import { startDevServer } from '../temporal/devServer';
import { PortTakenError } from '../temporal/errors';
import { findDemoServer, findTemporal } from '../temporal/findTemporal';
import type { ServerProcess } from '../temporal/serverProcess';
import { startTestServer } from '../temporal/testServer';
import { type Running, startProgram } from './component';
import { localPlaces } from './localPlaces';
import type { SystemSettings } from './settings';

const dist = join(__dirname, '..', '..');

/** A Temporal server that was found and can be started. */
export interface FoundServer {
  readonly start: () => Promise<ServerProcess>;
  readonly hasUi: boolean;
}

/** Finds the program of a Temporal server. The search may take time, and reports its progress. */
export async function findServer(settings: SystemSettings): Promise<FoundServer> {
  const { temporalPort: port, log, signal } = settings;
  const { logs, temporalDatabase } = places(settings.stateDir);
  const logFile = join(logs, 'temporal.log');
  const { exe, kind } = settings.isDemo
    ? await findDemoServer(log, signal)
    : { exe: await findTemporal(log, signal), kind: 'server' };
  if (kind === 'testServer') {
    log("This demo runs on Temporal's test server, which has neither a Web UI nor schedules. For the complete server,");
    log('install the Temporal CLI (https://docs.temporal.io/cli), or run npx etl up.');
    return { start: () => startTestServer({ exe, port, logFile, signal }), hasUi: false };
  }
  const start = async () => {
    const server = await startDevServer({
      exe,
      port,
      uiPort: settings.uiPort,
      namespace: settings.namespace,
      signal,
      logFile,
      ...(settings.persistent && { dbFile: temporalDatabase }),
    });
    await registerOwnAttributes(settings);
    return server;
  };
  return { start, hasUi: true };
}

/** Registers the search attributes of runs. Best effort: runs do without those that are missing. */
async function registerOwnAttributes(settings: SystemSettings): Promise<void> {
  const { temporalPort, namespace = 'default', log } = settings;
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${temporalPort}` });
    const { missing, otherType } = await registerAttributes(connection, namespace).finally(() => connection.close());
    const absent = [...missing, ...otherType];
    if (absent.length > 0) log(`Search attributes that could not be registered: ${absent.join(', ')}`);
  } catch (error) {
    log(`The search attributes could not be registered: ${(error as Error).message}`);
  }
}

export async function startEndpoint(
  settings: Pick<SystemSettings, 'stateDir' | 'ecsPort'> & Partial<Pick<SystemSettings, 'signal'>>,
  faults?: FaultPlan,
): Promise<Running> {
  if (!(await isPortFree(settings.ecsPort))) throw new PortTakenError(settings.ecsPort, 'Fargate endpoint');
  const { ecs, logs } = places(settings.stateDir);
  const args = ['--port', String(settings.ecsPort), '--state', ecs];
  if (faults) args.push('--faults', JSON.stringify(faults));
  return startProgram(join(dist, 'local', 'fargate.js'), args, {
    env: process.env,
    logFile: join(logs, 'ecs.log'),
    signal: settings.signal,
  });
}

/**
 * Returns the variables of the local system's server, which has neither TLS nor keys, whatever a profile or the
 * environment configures for another server.
 */
export function ownServerVariables({
  stateDir,
  namespace = 'default',
}: Pick<SystemSettings, 'stateDir' | 'namespace'>) {
  return {
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS: 'false',
    // This file does not exist.
    TEMPORAL_CONFIG_FILE: join(stateDir, 'no-profile.toml'),
  };
}

export function startWorker(
  settings: SystemSettings,
  addresses: { temporal: string; ownServer: boolean; ui: string | undefined; ecs: string },
): Promise<Running> {
  const { temporal, ownServer, ui, ecs } = addresses;
  return startProgram(settings.worker ?? join(dist, 'workers', 'main.js'), [], {
    env: {
      ETL_POLL_SECONDS: '0.25',
      ETL_SHUTDOWN_GRACE_SECONDS: '0.5',
      // Also with buckets, which alone would configure a deployed worker.
      ETL_DATASETS: join(dirname(settings.stateDir), 'datasets'),
      ...process.env,
      ...localPlaces(process.env),
      ETL_STATE_DIR: settings.stateDir,
      ...(ownServer && { ...ownServerVariables(settings), TEMPORAL_API_KEY: '', TEMPORAL_PROFILE: '' }),
      TEMPORAL_ADDRESS: temporal,
      AWS_ENDPOINT_URL_ECS: ecs,
      ...(ui !== undefined && { TEMPORAL_UI_URL: ui }),
      ...(settings.watch !== undefined && { INTAKE_FOLDER: settings.watch }),
    },
    logFile: join(places(settings.stateDir).logs, 'worker.log'),
    signal: settings.signal,
  });
}

/**
 * Creates a client of the local endpoint. The endpoint does not check signatures, but the SDK needs credentials to sign
 * requests.
 */
export function ecsClient(endpoint: string): ECSClient {
  return new ECSClient({
    ...clientSettings('ecs'),
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

export async function registerTaskDefinition(client: ECSClient): Promise<void> {
  await createTaskDefinitionRegistrar(client).ensureRegistered(localTaskDefinition(localPlaces(process.env)));
}

/** Stops every task and waits until all are STOPPED. The tasks write checkpoints, and their workflows resume later. */
export async function stopTasks(client: ECSClient): Promise<void> {
  const { cluster } = localEcsSettings;
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster }));
  const reason = 'the local system was stopped';
  await Promise.all(taskArns.map((task) => client.send(new StopTaskCommand({ cluster, task, reason }))));
  for (let left = taskArns; left.length > 0; ) {
    await delay(200);
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: left.slice(0, 100) }));
    const running = tasks.filter((task) => task.lastStatus !== 'STOPPED').flatMap((task) => task.taskArn ?? []);
    left = [...running, ...left.slice(100)];
  }
}
