import {
  ConflictException,
  DescribeTasksCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
} from '@aws-sdk/client-ecs';
import { behaviour } from '../behaviour';
import { environment, override, scripts, type Trial, unstartable } from '../world';

async function pages(trial: Trial, filter: Partial<ListTasksCommandInput>): Promise<string[][]> {
  const found: string[][] = [];
  let nextToken: string | undefined;
  do {
    const request = { cluster: trial.cluster, ...filter, ...(nextToken && { nextToken }) };
    const answer = await trial.client.send(new ListTasksCommand(request));
    found.push(answer.taskArns ?? []);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** @see Amazon ECS API, RunTask, ListTasks; Amazon ECS Developer Guide, "Idempotency" and "Tagging" */
export const launch = [
  behaviour('the same client token and request return the same task, even if it is STOPPED', async (trial) => {
    const clientToken = trial.family;
    const first = await trial.run(unstartable, { clientToken });
    expect(await trial.start({ clientToken })).toBe(first);
    await trial.ended(first);
    expect(await trial.start({ clientToken })).toBe(first);
  }),
  behaviour('the same client token with another request is a ConflictException that names the task', async (trial) => {
    const clientToken = trial.family;
    const first = await trial.run(unstartable, { clientToken });
    const error = await trial.start({ clientToken, startedBy: 'another' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConflictException);
    expect((error as ConflictException).resourceIds).toEqual([first]);
  }),
  behaviour('the environment of an override reaches the container and takes precedence', async (trial) => {
    const script = '[ "$BOTH" = override ] && [ "$OURS" = "á=1" ] && [ "$THEIRS" = definition ]';
    const arn = await trial.run(
      { script, more: { environment: environment({ BOTH: 'definition', THEIRS: 'definition' }) } },
      { overrides: override({ environment: environment({ BOTH: 'override', OURS: 'á=1' }) }) },
    );
    expect((await trial.ended(arn)).containers?.[0]?.exitCode).toBe(0);
  }),
  behaviour('the command of an override replaces that of the definition', async (trial) => {
    const command = ['sh', '-c', 'exit $0', '7'];
    const arn = await trial.run({ script: scripts.exit(1) }, { overrides: override({ command }) });
    expect((await trial.ended(arn)).containers?.[0]?.exitCode).toBe(7);
  }),
  behaviour('DescribeTasks shows the size and storage of an override', async (trial) => {
    const overrides = { cpu: '512', memory: '2048', ephemeralStorage: { sizeInGiB: 30 }, ...override({}) };
    const task = await trial.task(await trial.run(unstartable, { overrides }));
    expect(task).toMatchObject({ cpu: '512', memory: '2048', ephemeralStorage: { sizeInGiB: 30 } });
  }),
  behaviour(
    'a task has an ARN with its cluster and 32 hexadecimal digits, its family as group, and startedBy',
    async (trial) => {
      const task = await trial.task(await trial.run(unstartable, { startedBy: 'run/1-a_b' }));
      expect(task.taskArn).toMatch(new RegExp(`^arn:aws:ecs:us-east-1:\\d{12}:task/${trial.cluster}/[0-9a-f]{32}$`));
      expect(task).toMatchObject({ group: `family:${trial.family}`, startedBy: 'run/1-a_b', launchType: 'FARGATE' });
    },
  ),
  behaviour('ListTasks filters by startedBy: desired status RUNNING by default, STOPPED on request', async (trial) => {
    const startedBy = trial.family;
    const arn = await trial.run({ script: scripts.untilTerminated }, { startedBy });
    expect(await pages(trial, { startedBy })).toEqual([[arn]]);
    expect(await pages(trial, { startedBy: `${startedBy}x` })).toEqual([[]]);
    await trial.stop(arn);
    expect(await pages(trial, { startedBy })).toEqual([[]]);
    expect(await pages(trial, { startedBy, desiredStatus: 'STOPPED' })).toEqual([[arn]]);
  }),
  behaviour('ListTasks returns pages', async (trial) => {
    await trial.register(trial.definition(unstartable));
    const arns = [await trial.start(), await trial.start(), await trial.start()];
    for (const arn of arns) await trial.ended(arn);
    const found = await pages(trial, { family: trial.family, desiredStatus: 'STOPPED', maxResults: 2 });
    expect(found.map((page) => page.length)).toEqual([2, 1]);
    expect(found.flat().sort()).toEqual(arns.sort());
  }),
  behaviour('DescribeTasks returns tags on request', async (trial) => {
    const tags = [{ key: 'run', value: 'r1' }];
    const arn = await trial.run(unstartable, { tags });
    expect((await trial.task(arn, ['TAGS'])).tags).toEqual(tags);
  }),
  behaviour('DescribeTasks returns no tags by default', async (trial) => {
    const arn = await trial.run(unstartable, { tags: [{ key: 'run', value: 'r1' }] });
    expect((await trial.task(arn)).tags).toEqual([]);
  }),
  behaviour('ECS managed tags have the cluster name', async (trial) => {
    const arn = await trial.run(unstartable, { enableECSManagedTags: true });
    const { tasks } = await trial.client.send(
      new DescribeTasksCommand({ cluster: trial.cluster, tasks: [arn], include: ['TAGS'] }),
    );
    expect(tasks?.[0]?.tags).toContainEqual({ key: 'aws:ecs:clusterName', value: trial.cluster });
  }),
];
