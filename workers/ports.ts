import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { version } from '@etl/lib/version';
import type { AllowedPlaces } from '@etl/pipeline/allowedPlaces';
import { clientSettings } from '@etl/pipeline/awsClients';
import { confineStore } from '@etl/storage/confinedStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { loadS3Store, openStore } from '@etl/storage/openStore';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createOnePerEvent } from '../activities/deadLetters/onePerEvent';
import type { DeadLetters, Ports, TaskRunner } from '../activities/ports';
import { createEcsTaskRunner } from '../aws/ecsTaskRunner';
import { createLogStreamFinder } from '../aws/logStream';
import type { EcsSettings } from '../aws/runTaskRequest';
import { runsOfDays, scheduleFactOf } from '../client/night/runsOfDays';
import type { Config } from '../config/environment';
import { localDefaults } from '../config/localDefaults';
import { createAttributeReader } from '../config/searchAttributes';
import { localEcsSettings } from '../local/ecsSettings';
import { createFileDeadLetters, createOutboxNotifier } from '../local/outbox';
import { places } from '../local/places';
import { createLocalTaskLogs } from '../local/taskLogs';
import { awsServices } from './aws';
import { maxConcurrentCalls } from './concurrency';
import { createExecutions } from './executions';
import { createLightConverter } from './lightLane';
import { createLineage } from './lineage';
import { createProgressReporter } from './progressReporter';
import { createSinks } from './sinks';

/** Creates the adapter of every port: AWS where it is configured, otherwise the local system. */
export function createPorts(config: Config, client: Client, log: Logger): Ports {
  const local = places(config.stateDir);
  const { SUCCESS_TOPIC_ARN: success, ALERTS_TOPIC_ARN: alerts } = config;
  const light = createLightConverter(config);
  const calls = maxConcurrentCalls(config);
  const opened = openStore(undefined, () => loadS3Store({ concurrency: calls.s3 }));
  const store = confineStore(opened, storePlaces(config));
  return {
    store,
    ...createTaskPorts(config, log),
    notifier:
      success !== undefined && alerts !== undefined
        ? awsServices().notifier({ success, alerts }, calls.sns)
        : createOutboxNotifier(local.outbox, (line) => log.info({ outbox: local.outbox }, line)),
    deadLetters: createDeadLetters(config, store),
    progress: createProgressReporter(client, log),
    executions: createExecutions(client),
    attributes: createAttributeReader(client),
    sinks: createSinks(Math.max(calls.glue, calls['redshift-data'])),
    runLister: {
      ofDays: (days) => runsOfDays(client, days),
      schedule: (dataset) => scheduleFactOf(client, dataset),
    },
    ...(light && { light }),
    ...lineagePort(config, log),
  };
}

function lineagePort(config: Config, log: Logger): Pick<Ports, 'lineage'> {
  const { OPENLINEAGE_URL: url, OPENLINEAGE_API_KEY: apiKey, OPENLINEAGE_NAMESPACE: namespace } = config;
  return url === undefined ? {} : { lineage: createLineage({ url, apiKey }, { namespace, version }, log) };
}

/** Returns the places that activities read and write: those of sources and batches, and the worker's own records. */
function storePlaces({ places: { sources = [], destinations = [] }, cleanBase }: Config): AllowedPlaces {
  return { sources, destinations: [...destinations, cleanBase] };
}

function createDeadLetters(config: Config, store: ObjectStore): DeadLetters {
  const { DLQ_URL: queueUrl, stateDir, ...bases } = config;
  if (queueUrl === undefined) return createFileDeadLetters(places(stateDir).deadLetters, bases);
  const queue = awsServices().deadLetters(queueUrl, maxConcurrentCalls(config).sqs);
  return createOnePerEvent({ queue, store, places: bases });
}

/**
 * Creates a task runner with an additional client without retries. All waits of a worker share its calls, so an
 * unanswered call must not delay the next one.
 */
function createTaskRunner(where: ECSClientConfig, concurrency: number, settings: EcsSettings): TaskRunner {
  const client = new ECSClient({ ...clientSettings('ecs', { concurrency }), ...where });
  const withoutRetries = new ECSClient({ ...clientSettings('ecs', { concurrency }), ...where, maxAttempts: 1 });
  return createEcsTaskRunner(client, settings, withoutRetries);
}

function createTaskPorts(config: Config, log: Logger): Pick<Ports, 'tasks' | 'taskLogs'> {
  const { ECS_CLUSTER: cluster, ECS_TASK_DEFINITION: taskDefinition, ECS_SUBNETS: subnets } = config;
  const { ecs, logs } = maxConcurrentCalls(config);
  if (cluster !== undefined && taskDefinition !== undefined && subnets !== undefined) {
    const securityGroups = config.ECS_SECURITY_GROUPS ?? [];
    const assignPublicIp = config.ECS_ASSIGN_PUBLIC_IP === 'ENABLED';
    const finder = new ECSClient({ ...clientSettings('ecs', { concurrency: logs }) });
    return {
      tasks: createTaskRunner({}, ecs, { cluster, taskDefinition, subnets, securityGroups, assignPublicIp }),
      taskLogs: awsServices().taskLogs(createLogStreamFinder(finder, { cluster, taskDefinition }), log, logs),
    };
  }
  const endpoint = process.env.AWS_ENDPOINT_URL_ECS ?? `http://127.0.0.1:${localDefaults.ecsPort}`;
  // The endpoint does not check signatures, but the SDK needs credentials to sign requests.
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    tasks: createTaskRunner({ endpoint, region: 'us-east-1', credentials }, ecs, localEcsSettings),
    taskLogs: createLocalTaskLogs(places(config.stateDir).ecs),
  };
}
