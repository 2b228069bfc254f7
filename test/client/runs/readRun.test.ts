import { defaultDataConverter, defaultPayloadConverter } from '@temporalio/common';
import { readRun } from '../../../client/runs/readRun';

const file = { uri: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08', workflowId: 'etl/ventas/2026-02-08/norte' };
const problems = [{ ...file, outcome: 'failed', failureType: 'BadData', reason: 'no rows' }];

/** Returns a client that knows a failed batch with this file, and the inputs of runs. */
function clientWith(inputs: Readonly<Record<string, unknown>>) {
  const at = new Date('2026-02-09T03:00:00Z');
  const description = {
    ...{ type: 'nightlyBatch', workflowId: 'night', runId: 'r1', status: { name: 'FAILED' } },
    ...{ startTime: at, closeTime: at, memo: { batch: { ended: 'incomplete', files: 1, failed: 1, problems } } },
  };
  return {
    options: { namespace: 'default', loadedDataConverter: { ...defaultDataConverter, payloadCodecs: [] } },
    workflow: {
      getHandle: () => ({ describe: async () => description, result: () => Promise.reject(new Error('failed')) }),
    },
    workflowService: {
      async getWorkflowExecutionHistory({ execution: { workflowId } }: { execution: { workflowId: string } }) {
        if (!(workflowId in inputs)) throw new Error('no such run');
        const payloads = [defaultPayloadConverter.toPayload(inputs[workflowId])];
        return { history: { events: [{ workflowExecutionStartedEventAttributes: { input: { payloads } } }] } };
      },
    },
  } as never;
}

test('a failed file of a batch has the command that its own run shows', async () => {
  const event = { detail: { s3Key: file.uri, batchDate: file.batchDate, dataset: 'ventas', chunkRows: 5 } };
  const view = await readRun(clientWith({ night: {}, [file.workflowId]: event }), { workflowId: 'night' });
  expect(view.problems).toMatchObject([
    { next: { command: `npx etl run ${file.uri} --date 2026-02-08 --dataset ventas --options '{"chunkRows":5}'` } },
  ]);
});

test('a failed file whose event cannot be read is started again by its workflow ID', async () => {
  const view = await readRun(clientWith({}), { workflowId: 'night' });
  expect(view.problems).toMatchObject([{ next: { command: `npx etl retry ${file.workflowId}` } }]);
});
