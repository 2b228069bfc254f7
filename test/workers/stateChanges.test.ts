import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { startStateChangeQueue } from '../../aws/stateChangeQueue';
import { signalRun } from '../../workers/stateChanges';
import { clientConfig } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { stateChangeEvent } from '../support/stateChangeEvent';
import { until } from '../support/system';
import { TestServer } from '../support/testServer';

const exe = process.env.ETL_TEST_TEMPORAL ?? '';
const withBoth = process.env.ETL_TEST_MOTO && exe ? describe : describe.skip;

withBoth('state changes of tasks, signalled to their runs', () => {
  const taskArn = 'arn:aws:ecs:us-east-1:123456789012:task/etl/1';
  let server: TestServer;
  let moto: Moto;

  beforeAll(async () => {
    [server, moto] = await Promise.all([TestServer.start(), startMoto()]);
  });
  afterAll(() => Promise.all([server?.remove(), moto?.stop()]));

  // No worker runs it, so the signals stay in its history.
  const startRun = (workflowId: string) =>
    server.client.workflow.start('etlPipeline', { workflowId, taskQueue: 'nobody', args: [{}] });
  const signals = async (run: WorkflowHandleWithFirstExecutionRunId) => {
    const { events = [] } = await run.fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal
        ? [
            {
              name: signal.signalName,
              input: signal.input?.payloads?.map((each) => defaultPayloadConverter.fromPayload(each)),
            },
          ]
        : [],
    );
  };
  const change = (run: WorkflowHandleWithFirstExecutionRunId, lastStatus: string, desiredStatus: string) => ({
    taskArn,
    lastStatus,
    desiredStatus,
    workflowId: run.workflowId,
    runId: run.firstExecutionRunId,
  });

  test('signals stopped and stopping tasks, but no others', async () => {
    const run = await startRun('told');
    const tell = signalRun(server.client);
    await tell(change(run, 'RUNNING', 'RUNNING'));
    await tell(change(run, 'DEACTIVATING', 'STOPPED'));
    await tell(change(run, 'STOPPED', 'STOPPED'));
    expect(await signals(run)).toEqual([
      { name: 'taskStateChanged', input: [{ taskArn, lastStatus: 'DEACTIVATING' }] },
      { name: 'taskStateChanged', input: [{ taskArn, lastStatus: 'STOPPED' }] },
    ]);
  });

  test('ignores a run that is closed or does not exist', async () => {
    const run = await startRun('closed');
    await run.terminate();
    const tell = signalRun(server.client);
    await tell(change(run, 'STOPPED', 'STOPPED'));
    await tell({ taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED', workflowId: 'never' });
    expect(await signals(run)).toEqual([]);
  });

  test('an unavailable server is an error, so the change is redelivered', async () => {
    const gone = await Connection.connect({ address: server.address });
    await gone.close();
    const run = await startRun('away');
    await expect(signalRun(new Client({ connection: gone }))(change(run, 'STOPPED', 'STOPPED'))).rejects.toThrow();
  });

  test('delivers a change from the queue to the history of the run', async () => {
    const sqs = new SQSClient(clientConfig(moto.endpoint));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'ecs-events' }));
    const handOver = signalRun(server.client);
    const queue = startStateChangeQueue(sqs, QueueUrl, { handOver, warn: () => undefined });
    try {
      const run = await startRun('queued');
      const environment = { WORKFLOW_ID: run.workflowId, RUN_ID: run.firstExecutionRunId };
      for (const event of [
        stateChangeEvent({ taskArn, environment }),
        stateChangeEvent({ taskArn, environment: { WORKFLOW_ID: 'never' } }),
      ]) {
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
      }
      await until('the signal', 10, async () => (await signals(run)).length > 0);
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      await until('an empty queue', 10, async () => {
        const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
        const { Attributes = {} } = await sqs.send(request);
        return Object.values(Attributes).every((count) => count === '0');
      });
      expect(queue.counts).toEqual({ handedOver: 2, failed: 0, givenUp: 0, foreign: 0 });
    } finally {
      await queue.stop();
      sqs.destroy();
    }
  });
});
