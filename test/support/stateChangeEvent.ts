/** Returns an event in EventBridge's format. Source: Amazon ECS Developer Guide, task state change events. */
export function stateChangeEvent(task: {
  readonly taskArn: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly lastStatus?: string;
  readonly desiredStatus?: string;
  readonly container?: string;
}) {
  const { taskArn, environment = {}, lastStatus = 'STOPPED', desiredStatus = 'STOPPED' } = task;
  return {
    version: '0',
    id: '105f6bb1-4da6-c630-4965-35383018cba7',
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '123456789012',
    time: '2026-02-08T02:00:00Z',
    region: 'us-east-1',
    resources: [taskArn],
    detail: {
      taskArn,
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/etl',
      lastStatus,
      desiredStatus,
      launchType: 'FARGATE',
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'etl-worker', lastStatus, exitCode: 0 }],
      overrides: {
        containerOverrides: [
          { name: 'other', environment: [{ name: 'WORKFLOW_ID', value: 'not this one' }] },
          {
            name: task.container ?? 'etl-worker',
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    },
  };
}
