import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTasksCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { faultHooks } from '@etl/fargate/faults/hooks';
import { parseFaultPlan } from '@etl/fargate/faults/plan';
import { createHandlers } from '../../../step-functions/interpreter/handlers';
import type { TaskError } from '../../../step-functions/interpreter/interpreter';
import { cluster, definition, type Rig, startRig, stopRig } from '../../fargate/support';

let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await startRig();
  folder = await mkdtemp(join(tmpdir(), 'etl-handlers-'));
});
afterAll(async () => {
  await stopRig(rig);
  await rm(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const outbox = () => join(folder, 'outbox');
const letters = () => join(folder, 'letters');

function call(resource: string, parameters: unknown, signal = never): Promise<unknown> {
  const functions = {
    double: async ({ value }: { value: number }) => ({ value: value * 2, none: undefined }),
    fail: async () => {
      throw Object.assign(new Error('no such batch'), { name: 'CommitMissing' });
    },
  };
  const handlers = createHandlers({
    client: rig.client,
    pollMs: 20,
    functions,
    outbox: outbox(),
    deadLetters: letters(),
  });
  return handlers[`arn:aws:states:::${resource}`]?.(parameters, 'State', signal) as Promise<unknown>;
}

const failureOf = (answer: Promise<unknown>): Promise<TaskError> =>
  answer.then(
    (value) => Promise.reject(new Error(`answered ${JSON.stringify(value)}`)),
    (error: TaskError) => error,
  );

async function runTask(image: string, changes: object = {}): Promise<object> {
  const registered = await rig.client.send(new RegisterTaskDefinitionCommand(definition(image)));
  return {
    Cluster: cluster,
    TaskDefinition: registered.taskDefinition?.taskDefinitionArn,
    LaunchType: 'FARGATE',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], AssignPublicIp: 'DISABLED' } },
    EnableECSManagedTags: true,
    ...changes,
  };
}

const withCode = (code: number) => ({
  Overrides: { ContainerOverrides: [{ Name: 'main', Environment: [{ Name: 'CODE', Value: String(code) }] }] },
});

describe('ecs:runTask.sync', () => {
  const sync = 'ecs:runTask.sync';

  test('returns the stopped task with the names of Step Functions', async () => {
    const answer = await call(sync, await runTask('exit:1', withCode(0)));
    expect(answer).toMatchObject({
      LastStatus: 'STOPPED',
      StopCode: 'EssentialContainerExited',
      Containers: [{ Name: 'main', ExitCode: 0 }],
      StoppedAt: expect.any(Number),
    });
  });

  test('fails the state for another exit code, with the task as the cause', async () => {
    const { name, message } = await failureOf(call(sync, await runTask('exit:1', withCode(65))));
    expect(name).toBe('States.TaskFailed');
    expect(JSON.parse(message)).toMatchObject({ LastStatus: 'STOPPED', Containers: [{ ExitCode: 65 }] });
  });

  test('fails the state for a task without an exit code', async () => {
    const { name, message } = await failureOf(call(sync, await runTask('no-such-program:1')));
    expect(name).toBe('States.TaskFailed');
    const [container] = (JSON.parse(message) as { Containers: { ExitCode?: number }[] }).Containers;
    expect(container).toBeDefined();
    expect(container?.ExitCode).not.toBe(0);
  });

  test('maps an API error to its Step Functions name', async () => {
    const { name } = await failureOf(call(sync, await runTask('exit:1', { TaskDefinition: 'none' })));
    expect(name).toBe('ECS.ClientException');
    const wrongCluster = await failureOf(call(sync, await runTask('exit:1', { Cluster: 'none' })));
    expect(wrongCluster.name).toBe('ECS.ClusterNotFoundException');
  });

  test('stops the task when its state times out', async () => {
    const timeout = new AbortController();
    const before = await stopped();
    const failed = failureOf(call(sync, await runTask('sleep:1'), timeout.signal));
    const arn = await running();
    await rig.running(arn);
    timeout.abort();
    expect((await failed).name).toBe('States.Timeout');
    expect(await rig.stopped(arn)).toMatchObject({ stopCode: 'UserInitiated' });
    expect(before).not.toContain(arn);
  });

  const list = async (desiredStatus: 'RUNNING' | 'STOPPED') =>
    (await rig.client.send(new ListTasksCommand({ cluster, desiredStatus }))).taskArns ?? [];
  const stopped = () => list('STOPPED');
  async function running(): Promise<string> {
    for (let waited = 0; waited < 10_000; waited += 20) {
      const [arn] = await list('RUNNING');
      if (arn !== undefined) return arn;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('no task was started');
  }
});

test('a rejection in failures[] fails the state', async () => {
  const refusing = await startRig({ hooks: faultHooks(parseFaultPlan({ rules: [{ fault: 'capacity' }] })) });
  try {
    const { client } = refusing;
    await client.send(new RegisterTaskDefinitionCommand(definition('exit:1')));
    const handlers = createHandlers({ client, functions: {}, outbox: outbox(), deadLetters: letters() });
    const request = { ...(await runTask('exit:1')), TaskDefinition: 'worker' };
    const answer = handlers['arn:aws:states:::ecs:runTask.sync']?.(request, 'State', never) as Promise<unknown>;
    const { name, message } = await failureOf(answer);
    expect(name).toBe('AmazonECS.Unknown');
    expect(JSON.parse(message)).toMatchObject({ Failures: [{ Reason: expect.stringMatching(/capacity/i) }] });
  } finally {
    await stopRig(refusing);
  }
});

describe('lambda:invoke', () => {
  const invoke = (FunctionName: string, Payload: unknown) => call('lambda:invoke', { FunctionName, Payload });

  test('returns the payload as it arrives over the wire', async () => {
    expect(await invoke('double', { value: 2 })).toStrictEqual({
      ExecutedVersion: '$LATEST',
      Payload: { value: 4 },
      StatusCode: 200,
    });
  });

  test("fails with the name of the function's error and the cause that Lambda returns", async () => {
    const { name, message } = await failureOf(invoke('fail', {}));
    expect(name).toBe('CommitMissing');
    expect(JSON.parse(message)).toEqual({ errorType: 'CommitMissing', errorMessage: 'no such batch', trace: [] });
  });

  test('rejects an unknown function', async () => {
    expect((await failureOf(invoke('none', {}))).name).toBe('Lambda.ResourceNotFoundException');
  });
});

describe('messages', () => {
  const read = async (path: string): Promise<unknown[]> => {
    const texts = await Promise.all((await readdir(path)).map((name) => readFile(join(path, name), 'utf8')));
    return texts.map((text) => JSON.parse(text) as unknown);
  };
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  const message = (Subject: string) => ({
    TopicArn: 'arn:aws:sns:local:000000000000:etl-success',
    Subject,
    Message: 'ETL completado para 2026-02-08\nmore',
    MessageAttributes: { dataset: attribute('ventas') },
  });

  test('sns:publish writes to the outbox folder of the topic', async () => {
    expect(await call('sns:publish', message('done'))).toEqual({ MessageId: expect.any(String) });
    expect(await read(join(outbox(), 'etl-success'))).toEqual([
      {
        topic: 'etl-success',
        subject: 'done',
        body: 'ETL completado para 2026-02-08\nmore',
        attributes: { dataset: 'ventas' },
        sentAt: expect.any(String),
      },
    ]);
  });

  test.each(['inválido', 'x'.repeat(100), '', 'two\nlines'])(
    'rejects a subject that SNS rejects: %j',
    async (subject) => {
      expect((await failureOf(call('sns:publish', message(subject)))).name).toBe('SNS.InvalidParameterException');
    },
  );

  test('sqs:sendMessage stores the event and the failure', async () => {
    const event = { detail: { s3Key: 's3://raw/x.csv' } };
    const why = { failureType: 'BadData', reason: 'r', workflowId: 'w', runId: 'n' };
    const MessageAttributes = Object.fromEntries(Object.entries(why).map(([name, value]) => [name, attribute(value)]));
    await call('sqs:sendMessage', { QueueUrl: 'http://127.0.0.1/q', MessageBody: event, MessageAttributes });
    expect(await read(letters())).toEqual([{ event, ...why, sentAt: expect.any(String) }]);
  });
});
