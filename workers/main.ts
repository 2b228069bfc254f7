import { join } from 'node:path';
import { terminalLine } from '@etl/lib/text/terminal';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../activities';
import { checkNamespace, connectClient, temporalOptions } from '../config/connection';
import { datasetReader } from '../config/datasets';
import { parseConfig } from '../config/environment';
import type { PayloadKeyError } from '../config/errors';
import { explain } from '../config/explain';
import { openPayloads, type Payloads } from '../config/payloads/payloads';
import { startIntakes } from './intake/startIntakes';
import { lightConcurrency, routingOf } from './lightLane';
import { createLogger, temporalLogger } from './logger';
import { createPorts } from './ports';
import { watchStateChanges } from './stateChanges';
import { registerTaskDefinition } from './taskDefinition';
import { createWorkers } from './workers';

/** Runs a worker process: reads the configuration, wires the ports, and polls until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = await registerTaskDefinition(parseConfig(process.env));
  const log = createLogger(config.LOG_LEVEL);
  Runtime.install({
    logger: temporalLogger(log, config.LOG_LEVEL),
    shutdownSignals: [],
    ...(config.ETL_METRICS_ADDRESS && {
      telemetryOptions: { metrics: { prometheus: { bindAddress: config.ETL_METRICS_ADDRESS } } },
    }),
  });
  const payloads = await openPayloads();
  const { client, connection: clientConnection, namespace } = await connectClient();
  await checkNamespace(clientConnection, namespace);
  const connection = await NativeConnection.connect(temporalOptions().connection);
  const ports = createPorts(config, client, log);
  const datasets = datasetReader(config);
  const workers = await createWorkers({
    connection,
    namespace,
    workflowBundle: { codePath: join(__dirname, '..', bundleOf(payloads)) },
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
    launchesPerSecond: config.ECS_LAUNCHES_PER_SECOND,
    lightConcurrency: lightConcurrency(config),
    shutdownGraceSeconds: config.ETL_SHUTDOWN_GRACE_SECONDS,
  });
  const running = workers.runUntilStopped();
  const stateChanges = watchStateChanges(config.ECS_EVENTS_QUEUE_URL, client, log);
  const intakes = startIntakes(config, client, ports.deadLetters, log, datasets);
  const stopIntakes = () => Promise.all(intakes.map((intake) => intake.stop()));
  const shutdown = () => {
    void stopIntakes();
    workers.shutdown();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, shutdown);
  const unreadable = { error: undefined as PayloadKeyError | undefined };
  payloads.onUnreadable((error) => {
    unreadable.error = error;
    shutdown();
  });
  log.info({ namespace, taskDefinition: config.ECS_TASK_DEFINITION }, 'worker is polling');
  process.send?.('ready');
  try {
    await running;
  } finally {
    await Promise.all([stateChanges?.stop(), stopIntakes()]);
  }
  await connection.close();
  await clientConnection.close();
  // Without its key this worker would fail every task of the workflow repeatedly.
  if (unreadable.error) throw unreadable.error;
  if (process.connected) process.disconnect();
}

/** Returns the bundle's file. The encoding of workflow failures is fixed when workflows are bundled. */
function bundleOf({ isEncrypting }: Payloads): string {
  return isEncrypting ? 'workflow-bundle-encoded.js' : 'workflow-bundle.js';
}

main().catch((error: Error) => {
  const { message, remedy, exitCode } = explain(error) ?? {
    message: error.message,
    remedy: 'Check the log above and the variables in docs/configuration.md',
    exitCode: exitCodes.unavailable,
  };
  process.stderr.write(`etl-worker: ${terminalLine(message)}\netl-worker: ${terminalLine(remedy)}\n`);
  // Setting `exitCode` is not enough: open connections and polls would keep the process alive.
  process.exit(exitCode);
});
