import { EcsError } from '../api/errors';
import { isOperation, type OperationName } from '../api/operationNames';
import type { Context, Operation } from './context';
import { createCluster, describeClusters } from './operations/clusters';
import { describeTasks } from './operations/describeTasks';
import { listTasks } from './operations/listTasks';
import { runTask } from './operations/runTask';
import { stopTask } from './operations/stopTask';
import {
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitions,
  registerTaskDefinition,
} from './operations/taskDefinitions';

const operations: Readonly<Record<OperationName, Operation>> = {
  CreateCluster: createCluster,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeClusters: describeClusters,
  DescribeTaskDefinition: describeTaskDefinition,
  DescribeTasks: describeTasks,
  ListTaskDefinitions: listTaskDefinitions,
  ListTasks: listTasks,
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: runTask,
  StopTask: stopTask,
};

/**
 * Answers one request. Faults and rate limits wrap this function.
 * @throws EcsError
 */
export type Handle = (operation: string, input: Record<string, unknown>) => Promise<object>;

export function createHandle(context: Context): Handle {
  return async (name, input) => {
    if (!isOperation(name)) {
      throw new EcsError('UnknownOperationException', `The local endpoint does not support the operation ${name}.`);
    }
    return operations[name](context, input);
  };
}
