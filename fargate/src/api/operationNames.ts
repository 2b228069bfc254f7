/** The supported operations of ECS. */
export const operationNames = [
  'CreateCluster',
  'DeregisterTaskDefinition',
  'DescribeClusters',
  'DescribeTaskDefinition',
  'DescribeTasks',
  'ListTaskDefinitions',
  'ListTasks',
  'RegisterTaskDefinition',
  'RunTask',
  'StopTask',
] as const;

export type OperationName = (typeof operationNames)[number];

export const isOperation = (name: string): name is OperationName =>
  (operationNames as readonly string[]).includes(name);
