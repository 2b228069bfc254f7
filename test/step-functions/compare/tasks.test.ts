import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import { localEcsSettings } from '../../../local/ecsSettings';
import { endedTasks } from '../../../step-functions/compare/tasks';
import { definition, family, networkConfiguration, type Rig, startRig, stopRig } from '../../fargate/support';

const { cluster } = localEcsSettings;

describe('the tasks of a run', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ clusters: [cluster] });
  });
  afterAll(() => stopRig(rig));

  async function runTask(image: string, runId: string): Promise<void> {
    await rig.client.send(new RegisterTaskDefinitionCommand(definition(image, { name: etlContainerName })));
    const environment = [{ name: 'RUN_ID', value: runId }];
    const request = { cluster, taskDefinition: family, launchType: 'FARGATE', networkConfiguration } as const;
    const overrides = { containerOverrides: [{ name: etlContainerName, environment }] };
    const { tasks = [] } = await rig.client.send(new RunTaskCommand({ ...request, overrides }));
    // A task that never ran costs nothing.
    for (let [task] = tasks; !task?.startedAt; [task] = await described(task)) await delay(20);
  }
  async function described(task: Task | undefined): Promise<Task[]> {
    const { tasks = [] } = await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [task?.taskArn ?? ''] }));
    return tasks;
  }

  test('are found by its run ID; running ones are stopped first, and their costs count', async () => {
    await runTask('exit:1', 'one');
    await runTask('sleep:1', 'one');
    await runTask('exit:1', 'other');
    const task = { size: { cpu: 256, memoryMiB: 512 }, spot: false, seconds: expect.any(Number) };
    expect(await endedTasks(rig.client, 'one')).toEqual([task, task]);
    expect(await endedTasks(rig.client, 'other')).toEqual([task]);
    expect(await endedTasks(rig.client, 'none')).toEqual([]);
  });
});
