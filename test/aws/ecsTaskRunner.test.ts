import { type ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { LaunchResult } from '../../activities/contract';
import { launchTask } from '../../activities/launchTask';
import { TaskRunnerError } from '../../activities/ports';
import { createEcsTaskRunner } from '../../aws/ecsTaskRunner';
import { cluster, definition, type Rig, startRig, stopRig } from '../fargate/support';
import { MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const plan = samplePlan();
const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };

/** Runs the unmodified SDK against the local endpoint, which keeps client tokens like ECS. */
describe('the ECS task runner', () => {
  let ecs: Rig;
  let tasks: ReturnType<typeof createEcsTaskRunner>;
  beforeAll(async () => {
    ecs = await startRig();
    const container = { name: 'etl-worker', cpu: 192, memory: 384 };
    const sidecar = { name: 'datadog-agent', image: 'datadog:7', essential: false, cpu: 64, memory: 128 };
    const base = definition('graceful:1', container);
    const containerDefinitions = [...(base.containerDefinitions ?? []), sidecar];
    await ecs.client.send(new RegisterTaskDefinitionCommand({ ...base, family: 'etl', containerDefinitions }));
    const network = { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: false };
    tasks = createEcsTaskRunner(ecs.client, { cluster, taskDefinition: 'etl', ...network });
  });
  afterAll(() => stopRig(ecs));

  const launch = (changes: object = {}, runner = tasks) =>
    launchTask(
      { tasks: runner, store: new MemoryStore(), namespace: 'default' },
      { plan, run, generation: 1, spot: false, ...changes },
    );
  const arnOf = (result: LaunchResult): string => (result as { taskArn: string }).taskArn;
  /** For a while after a launch ECS does not list the task. */
  const unlisted = () => ({ ...tasks, list: async () => [] });

  test('returns the same task for the same request with the same client token', async () => {
    const first = await launch();
    expect(await launch({}, unlisted())).toEqual(first);
    expect(await tasks.list()).toEqual([arnOf(first)]);
  });

  test('adopts the task that the conflict names for the same client token with a changed request', async () => {
    const first = arnOf(await launch());
    const changed = { plan: { ...plan, chunkRows: 7 } };
    expect(await launch(changed, unlisted())).toEqual({ kind: 'launched', taskArn: first, generation: 1 });
    const stranger = { ...unlisted(), describe: async () => [{ taskArn: first, lastStatus: 'RUNNING', tags: {} }] };
    await expect(launch(changed, stranger)).rejects.toThrow(TaskRunnerError);
    expect(await tasks.list()).toEqual([first]);
  });

  test('reports a cluster without Spot as missing Spot capacity, and as a configuration error on demand', async () => {
    const absent = async (command: { input: { capacityProviderStrategy?: { capacityProvider: string }[] } }) => {
      const message = `The specified capacity provider '${command.input.capacityProviderStrategy?.[0]?.capacityProvider}' was not found.`;
      throw Object.assign(new Error(message), { name: 'InvalidParameterException' });
    };
    const network = { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: false };
    const client = { send: absent } as unknown as ECSClient;
    const runner = createEcsTaskRunner(client, { cluster, taskDefinition: 'etl', ...network });
    const request = { clientToken: 't', startedBy: 's', environment: {}, tags: {} };
    expect(await runner.run({ ...request, spot: true })).toEqual({
      refused: "The specified capacity provider 'FARGATE_SPOT' was not found.",
      cause: 'capacity',
    });
    await expect(runner.run({ ...request, spot: false })).rejects.toThrow(TaskRunnerError);
  });

  test('describes a task with its owner, size and times', async () => {
    const arn = arnOf(await launch());
    await ecs.running(arn);
    const [task] = await tasks.describe([arn, `${arn.slice(0, -4)}0000`]);
    expect(task).toMatchObject({
      taskArn: arn,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      size: { cpu: 256, memoryMiB: 512 },
      workflowId: run.workflowId,
      tags: { 'etl:namespace': 'default', 'etl:run-id': 'run-1', 'etl:generation': '1' },
    });
    expect(task?.createdAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('lists a stopping task, stops tasks as UserInitiated, and returns false for an unknown task', async () => {
    const arn = arnOf(await launch());
    await ecs.logged(arn, 'ready');
    expect(await tasks.stop(arn, 'test')).toBe(true);
    expect(await tasks.list()).toEqual([arn]);
    await ecs.stopped(arn);
    expect(await tasks.describe([arn])).toMatchObject([
      { lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'test', exitCode: 143 },
    ]);
    expect(await tasks.stop(`${arn.slice(0, -4)}0000`, 'test')).toBe(false);
  });

  test('raises the limits of the ETL container in a larger task and keeps those of the sidecar', async () => {
    const arn = arnOf(await launch({ generation: 2, size: { cpu: 512, memoryMiB: 2048 } }));
    const { containers, cpu, memory } = await ecs.task(arn);
    expect([cpu, memory]).toEqual(['512', '2048']);
    expect(containers?.map(({ name, cpu: own, memory: limit }) => [name, own, limit])).toEqual([
      ['etl-worker', '448', '1920'],
      ['datadog-agent', '64', '128'],
    ]);
  });
});
