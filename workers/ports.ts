import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import type { AllowedPlaces } from '@etl/pipeline/allowedPlaces';
import { confineStore } from '@etl/storage/confinedStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createOnePerEvent } from '../activities/deadLetters/onePerEvent';
import type { DeadLetters, Ports, TaskRunner } from '../activities/ports';
import { createEcsTaskRunner } from '../aws/ecsTaskRunner';
import { createLogStreamFinder } from '../aws/logStream';
import type { EcsSettings } from '../aws/runTaskRequest';
import type { Config } from '../config/environment';
import { localDefaults } from '../config/localDefaults';
import { localEcsSettings } from '../local/ecsSettings';
import { createFileDeadLetters, createOutboxNotifier } from '../local/outbox';
import { places } from '../local/places';
import { createLocalTaskLogs } from '../local/taskLogs';
import { awsServices } from './aws';
import { createExecutions } from './executions';
import { createLightConverter } from './lightLane';
import { createProgressReporter } from './progressReporter';

/** Chooses an adapter for every port: AWS where it is configured, the local system where it is not. */
export function createPorts(config: Config, client: Client, log: Logger): Ports {
  const local = places(config.stateDir);
  const { SUCCESS_TOPIC_ARN: success, ALERTS_TOPIC_ARN: alerts } = config;
  const light = createLightConverter(config);
  const store = confineStore(openStore(), worksIn(config));
  return {
    store,
    ...createTaskPorts(config, log),
    notifier:
      success !== undefined && alerts !== undefined
        ? awsServices().notifier({ success, alerts })
        : createOutboxNotifier(local.outbox, (line) => log.info({ outbox: local.outbox }, line)),
    deadLetters: createDeadLetters(config, store),
    progress: createProgressReporter(client, log),
    executions: createExecutions(client),
    ...(light && { light }),
  };
}

/** What activities read and write: the places of sources and batches, and the records of the worker itself. */
function worksIn({ places: { sources = [], destinations = [] }, cleanBase }: Config): AllowedPlaces {
  return { sources, destinations: [...destinations, cleanBase] };
}

function createDeadLetters({ DLQ_URL: queueUrl, stateDir, ...bases }: Config, store: ObjectStore): DeadLetters {
  if (queueUrl === undefined) return createFileDeadLetters(places(stateDir).deadLetters, bases);
  return createOnePerEvent({ queue: awsServices().deadLetters(queueUrl), store, places: bases });
}

/** An answer that never comes must not hold up what is asked of ECS next: all waits of a worker share its calls. */
const timeouts = { connectionTimeout: 5_000, socketTimeout: 15_000 };

function createTaskRunner(client: ECSClientConfig, settings: EcsSettings): TaskRunner {
  return createEcsTaskRunner(new ECSClient(client), settings, new ECSClient({ ...client, maxAttempts: 1 }));
}

function createTaskPorts(config: Config, log: Logger): Pick<Ports, 'tasks' | 'taskLogs'> {
  const { ECS_CLUSTER: cluster, ECS_TASK_DEFINITION: taskDefinition, ECS_SUBNETS: subnets } = config;
  if (cluster !== undefined && taskDefinition !== undefined && subnets !== undefined) {
    const client = { requestHandler: timeouts };
    const securityGroups = config.ECS_SECURITY_GROUPS ?? [];
    const assignPublicIp = config.ECS_ASSIGN_PUBLIC_IP === 'ENABLED';
    return {
      tasks: createTaskRunner(client, { cluster, taskDefinition, subnets, securityGroups, assignPublicIp }),
      taskLogs: awsServices().taskLogs(createLogStreamFinder(new ECSClient(client), { cluster, taskDefinition }), log),
    };
  }
  const endpoint = process.env.AWS_ENDPOINT_URL_ECS ?? `http://127.0.0.1:${localDefaults.ecsPort}`;
  // The endpoint does not check signatures, but the SDK must have something to sign with.
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    tasks: createTaskRunner({ endpoint, region: 'us-east-1', credentials, requestHandler: timeouts }, localEcsSettings),
    taskLogs: createLocalTaskLogs(places(config.stateDir).ecs),
  };
}
