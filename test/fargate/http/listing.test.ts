import {
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { cluster, definition, networkConfiguration, type Rig, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

async function pages(input: ListTasksCommandInput): Promise<string[][]> {
  const found: string[][] = [];
  let nextToken: string | undefined;
  do {
    const answer = await rig.client.send(new ListTasksCommand({ cluster, ...input, ...(nextToken && { nextToken }) }));
    found.push(answer.taskArns ?? []);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}
const list = async (input: ListTasksCommandInput) => (await pages(input)).flat();

it('lists tasks by startedBy, family and desired status, in pages', async () => {
  await rig.client.send(new RegisterTaskDefinitionCommand({ ...definition('sleep:1'), family: 'lister' }));
  const run = async (startedBy: string, count: number) => {
    const input = { cluster, taskDefinition: 'lister', launchType: 'FARGATE' as const, networkConfiguration };
    const { tasks = [] } = await rig.client.send(new RunTaskCommand({ ...input, startedBy, count }));
    return tasks.map(({ taskArn }) => taskArn ?? '');
  };
  const [five, one] = [await run('five', 5), await run('one', 1)];
  expect((await list({ startedBy: 'five' })).sort()).toEqual([...five].sort());
  expect(await list({ startedBy: 'one' })).toEqual(one);
  expect(await list({ family: 'lister' })).toHaveLength(6);
  expect(await list({ family: 'other' })).toEqual([]);
  expect((await pages({ family: 'lister', maxResults: 4 })).map((arns) => arns.length)).toEqual([4, 2]);
  expect(new Set((await pages({ family: 'lister', maxResults: 1 })).flat()).size).toBe(6);

  await rig.client.send(new StopTaskCommand({ cluster, task: one[0] }));
  expect(await list({ startedBy: 'one' })).toEqual([]);
  expect(await list({ startedBy: 'one', desiredStatus: 'STOPPED' })).toEqual(one);
  expect(await list({ family: 'lister', desiredStatus: 'PENDING' })).toEqual([]);
  await rig.stopped(one[0] ?? '');
  for (const arn of five) await rig.running(arn);
  const { clusters, failures } = await rig.client.send(new DescribeClustersCommand({ clusters: [cluster, 'nowhere'] }));
  expect(clusters).toMatchObject([
    { clusterName: cluster, status: 'ACTIVE', runningTasksCount: 5, pendingTasksCount: 0 },
  ]);
  expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/nowhere', reason: 'MISSING' }]);
});

it('keeps task definitions as revisions with the fields that ECS fills in', async () => {
  const register = (change: object) =>
    rig.client.send(new RegisterTaskDefinitionCommand({ ...definition('exit:1'), family: 'revised', ...change }));
  await register({ cpu: '1 vCPU', memory: '2GB', tags: [{ key: 'a', value: 'b' }] });
  await Promise.all(Array.from({ length: 5 }, () => register({})));
  const first = await rig.client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'revised:1', include: ['TAGS'] }),
  );
  expect(first.taskDefinition).toMatchObject({
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/revised:1',
    family: 'revised',
    revision: 1,
    status: 'ACTIVE',
    cpu: '1024',
    memory: '2048',
    compatibilities: ['EC2', 'FARGATE'],
    containerDefinitions: [{ name: 'main', image: 'exit:1', essential: true, environment: [] }],
  });
  expect(first.taskDefinition?.registeredAt).toBeInstanceOf(Date);
  expect(first.tags).toEqual([{ key: 'a', value: 'b' }]);
  const newest = await rig.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'revised' }));
  expect(newest.taskDefinition?.revision).toBe(6);
  const { taskDefinitionArns } = await rig.client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'revised' }));
  expect(taskDefinitionArns).toHaveLength(6);
});
