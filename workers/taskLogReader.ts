import { ECSClient } from '@aws-sdk/client-ecs';
import { clientSettings } from '@etl/pipeline/awsClients';
import type { TaskLogReader } from '../activities/ports';
import { createLogStreamFinder } from '../aws/logStream';
import type { Config } from '../config/environment';
import { places } from '../local/places';
import { createLocalLogReader } from '../local/taskLogReader';
import { awsServices } from './aws';

/** Creates the reader of complete task logs: CloudWatch Logs where a cluster is configured, otherwise the local system. */
export function createTaskLogReader(config: Config): TaskLogReader {
  const { ECS_CLUSTER: cluster, ECS_TASK_DEFINITION: taskDefinition, ECS_SUBNETS: subnets, stateDir } = config;
  if (cluster === undefined || taskDefinition === undefined || subnets === undefined)
    return createLocalLogReader(places(stateDir).ecs);
  const client = new ECSClient({ ...clientSettings('ecs', {}) });
  return awsServices().taskLogReader(createLogStreamFinder(client, { cluster, taskDefinition }));
}
