import { join } from 'node:path';
import { CreateDatabaseCommand, GetPartitionsCommand, GlueClient } from '@aws-sdk/client-glue';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { layout } from '@etl/pipeline/layout';
import { publish } from '@etl/storage/publish';
import { createS3Store } from '@etl/storage/s3Store';
import type { Ministack } from '../../local/ministack/server';
import { type Clients, standInClients } from '../../step-functions/compare/ministack/clients';
import type { Deployment, deploy } from '../../step-functions/compare/ministack/deploy';
import { runExecution } from '../../step-functions/compare/ministack/execution';
import { visitsIn } from '../../step-functions/compare/ministack/history';
import { readMessages } from '../../step-functions/compare/ministack/queues';
import type { ValidationAnswer } from '../../step-functions/lambdas/validateInput';
import { prepare } from '../storage/support/batches';
import { clientConfig } from '../support/awsTestClients';
import { startTestMinistack } from '../support/ministack';
import { root } from '../support/processes';

const withMinistack = process.env.ETL_TEST_DOCKER && process.env.ETL_TEST_MINISTACK ? describe : describe.skip;

const services = ['ecs', 'ecs-metadata', 'glue', 'iam', 'lambda', 'logs', 's3', 'sns', 'sqs', 'states'];
const [raw, clean] = ['s3://raw-data-lake', 's3://clean-data-lake'];

withMinistack('the state machine with a Glue sink, on ministack', () => {
  let ministack: Ministack;
  let clients: Clients;
  let deployment: Deployment;
  let glue: GlueClient;

  beforeAll(async () => {
    ministack = await startTestMinistack(services);
    clients = standInClients(ministack.endpoint);
    glue = new GlueClient(clientConfig(ministack.endpoint));
    // Deploys the bundles beside the compiled function.
    const compiled = require(join(root, 'dist', 'step-functions', 'compare', 'ministack', 'deploy.js'));
    const settings = { endpoint: ministack.endpoint, image: 'none', timeScale: 1, messageLanguage: 'en' } as const;
    deployment = await (compiled as { deploy: typeof deploy }).deploy(clients, settings);
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'lago' } }));
  }, 120_000);
  afterAll(async () => {
    glue?.destroy();
    clients?.destroy();
    await ministack?.stop();
  });

  /** Delivers a batch of a declared dataset, and runs its event again: the execution only has to apply the sinks. */
  async function runDelivered(dataset: string, sinks: string) {
    const store = createS3Store(clients.s3);
    await store.write(`${raw}/${dataset}/day.csv`, 'id\n1\n');
    await store.write(`${raw}/_datasets/${dataset}.yaml`, `source: { pattern: '${dataset}/*.csv' }\nsinks:\n${sinks}`);
    const event = { detail: { s3Key: `${raw}/${dataset}/day.csv`, batchDate: '2026-02-08' } };
    const { Payload } = await clients.lambda.send(
      new InvokeCommand({ FunctionName: 'etl-validate-input', Payload: JSON.stringify({ event }) }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as ValidationAnswer;
    if (!answer.valid) throw new Error(JSON.stringify(answer));
    const { batch, destination, optionsHash, source } = answer.plan;
    const place = layout(destination, batch);
    const manifest = await prepare(store, place, { name: `of-${dataset}`, startedAt: 1, parts: 1 });
    await publish(store, place, { ...manifest, optionsHash, source, dataset });
    const execution = { stateMachineArn: deployment.machineArn, name: `run-${dataset}`, input: JSON.stringify(event) };
    const { description, events } = await runExecution(clients.sfn, execution, AbortSignal.timeout(60_000));
    return {
      ...description,
      states: visitsIn(events).map(({ state }) => state),
      messages: await readMessages(clients.sqs, deployment.messagesUrl),
    };
  }

  test('registers the commit, and its outcome is in the output of the execution', async () => {
    const {
      status,
      states,
      output = '{}',
    } = await runDelivered('ventas', '  catalog: { type: glue, database: lago }\n');
    expect({ status, states }).toEqual({
      status: 'SUCCEEDED',
      states: ['ValidateInput', 'IsValid', 'ConfirmCommit', 'HasSinks', 'ApplySinks', 'NotifySuccess', 'Delivered'],
    });
    expect(JSON.parse(output)).toMatchObject({
      delivered: { sinks: { outcomes: [{ sink: 'catalog', state: 'applied', commit: 1 }] } },
    });
    const { Partitions = [] } = await glue.send(
      new GetPartitionsCommand({ DatabaseName: 'lago', TableName: 'ventas' }),
    );
    expect(Partitions).toMatchObject([
      {
        Values: ['2026-02-08', 'day'],
        StorageDescriptor: { Location: expect.stringContaining(`${clean}/etl-commits/`) },
      },
    ]);
  }, 90_000);

  test('fails with the message of the function when one of two sinks lacks the commit', async () => {
    const sinks = '  catalog: { type: glue, database: lago }\n  mirror: { type: glue, database: missing }\n';
    const { status, error, cause, states, messages } = await runDelivered('pedidos', sinks);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'SinkFailed' });
    expect(cause).toMatch(
      /^the data is committed, but 1 of 2 sinks lack it: mirror: .*missing.* Finish with: npx etl sink/,
    );
    expect(states.slice(4)).toEqual([
      ...['ApplySinks', 'ReadSinkFailure', 'SinkFailed', 'NotifyFailure', 'SendFailedToDeadLetters', 'Failed'],
    ]);
    expect(messages).toMatchObject([{ topic: 'etl-alerts', firstLine: expect.stringContaining('SinkFailed') }]);
    const { Partitions = [] } = await glue.send(
      new GetPartitionsCommand({ DatabaseName: 'lago', TableName: 'pedidos' }),
    );
    expect(Partitions).toHaveLength(1);
  }, 90_000);
});
