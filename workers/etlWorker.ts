import { join } from 'node:path';
import { version } from '@etl/lib/version';
import type { Client } from '@temporalio/client';
import { noopMetricMeter } from '@temporalio/common';
import { NativeConnection, Runtime, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import type { Notifier } from '../activities/ports';
import { checkNamespace, connectClient, temporalOptions } from '../config/connection';
import { datasetReader } from '../config/datasets';
import type { Config } from '../config/environment';
import type { PayloadKeyError } from '../config/errors';
import { openPayloads } from '../config/payloads/payloads';
import { bundleWorkflows } from './bundle';
import { startIntakes } from './intake/startIntakes';
import { lightConcurrency, routingOf } from './lightLane';
import { createMetrics } from './metrics/metrics';
import { queueReadings } from './metrics/readings';
import { readingInterval, watch } from './metrics/watch';
import { createPorts } from './ports';
import { watchStateChanges } from './stateChanges';
import { registerTaskDefinition } from './taskDefinition';
import { createWorkers } from './workers';

/** What a program adds to the worker, or replaces in it. */
export interface Extensions {
  /** Module that exports the workflows. @default the workflows of this package, bundled in advance */
  readonly workflowsPath?: string;
  /** Activities on the task queue `etl`, beside those of this package. @default none */
  readonly activities?: object;
  /** @default SNS if its topics are configured, otherwise the outbox of the local system */
  readonly notifier?: Notifier;
  /** Changes the options of each Temporal worker. @default leaves them as they are */
  readonly configure?: (options: WorkerOptions) => WorkerOptions;
}

export interface EtlWorker {
  readonly client: Client;
  readonly namespace: string;
  /** Polls until `shutdown`, and closes the connections. */
  run(): Promise<void>;
  shutdown(): void;
}

/**
 * Connects to Temporal and creates the workers of all task queues, with intakes and state changes as configured.
 *
 * @throws {TemporalConnectionError} when Temporal cannot be used.
 * @throws {ConfigError} when the configuration is invalid.
 * @throws {CliError} when an extension is invalid.
 */
export async function createEtlWorker(
  configured: Config,
  log: Logger,
  { workflowsPath, activities: added = {}, notifier, configure }: Extensions = {},
): Promise<EtlWorker> {
  const config = await registerTaskDefinition(configured);
  const payloads = await openPayloads();
  const workflowBundle =
    workflowsPath === undefined
      ? { codePath: join(__dirname, '..', ownBundle(payloads.isEncrypting)) }
      : await bundleWorkflows(workflowsPath, payloads);
  const { client, connection: clientConnection, namespace } = await connectClient();
  await checkNamespace(clientConnection, namespace);
  const connection = await NativeConnection.connect(temporalOptions().connection);
  const { metricMeter } = Runtime.instance();
  const metrics = createMetrics(metricMeter, version);
  const ports = { ...createPorts(config, client, log), latenessMeter: metrics, ...(notifier && { notifier }) };
  const datasets = datasetReader(config);
  const workers = await createWorkers({
    connection,
    namespace,
    workflowBundle,
    dataConverter: payloads.dataConverter,
    activities: createActivities(ports, {
      rawBase: config.rawBase,
      cleanBase: config.cleanBase,
      places: config.places,
      timeScale: config.ETL_TIME_SCALE,
      pollSeconds: config.ETL_POLL_SECONDS,
      credentialSeconds: config.ETL_CREDENTIAL_SECONDS,
      uiUrl: config.TEMPORAL_UI_URL,
      messageLanguage: config.ETL_MESSAGE_LANGUAGE,
      routing: routingOf(config),
      datasets,
      lineage: ports.lineage !== undefined,
    }),
    addedActivities: added,
    ...(configure && { configure }),
    launchesPerSecond: config.ECS_LAUNCHES_PER_SECOND,
    lightConcurrency: lightConcurrency(config),
    metrics,
    shutdownGraceSeconds: config.ETL_SHUTDOWN_GRACE_SECONDS,
  });
  const unreadable = { error: undefined as PayloadKeyError | undefined };
  let stopIntakes = async (): Promise<unknown> => undefined;
  const shutdown = (): void => {
    void stopIntakes();
    workers.shutdown();
  };
  payloads.onUnreadable((error) => {
    unreadable.error = error;
    shutdown();
  });
  return {
    client,
    namespace,
    shutdown,
    async run() {
      const running = workers.runUntilStopped();
      const stateChanges = watchStateChanges(config.ECS_EVENTS_QUEUE_URL, client, log);
      const intakes = startIntakes(config, client, ports.deadLetters, log, datasets);
      const queues =
        metricMeter === noopMetricMeter
          ? undefined
          : watch(queueReadings(config, client, namespace, metrics), log, readingInterval(config.ETL_TIME_SCALE));
      stopIntakes = () => Promise.all(intakes.map((intake) => intake.stop()));
      log.info({ namespace, taskDefinition: config.ECS_TASK_DEFINITION }, 'worker is polling');
      process.send?.('ready');
      try {
        await running;
      } finally {
        queues?.stop();
        await Promise.all([stateChanges?.stop(), stopIntakes()]);
      }
      await connection.close();
      await clientConnection.close();
      // Without its key this worker would fail every task of the workflow repeatedly.
      if (unreadable.error) throw unreadable.error;
      if (process.connected) process.disconnect();
    },
  };
}

/** Returns the bundle's file. The encoding of workflow failures is fixed when workflows are bundled. */
function ownBundle(isEncrypting: boolean): string {
  return isEncrypting ? 'workflow-bundle-encoded.js' : 'workflow-bundle.js';
}
