import { defaultDataConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createReportReader, type Watched } from '../../client/taskReports';

const heartbeat = (generation: number, details: object = {}) => ({ generation, ...details });
const payloadsOf = (details: unknown): Payload[] => [defaultPayloadConverter.toPayload(details) as Payload];
const activity = (name: string, details?: unknown, payloads = payloadsOf(details)) => ({
  activityType: { name },
  ...(details !== undefined && { heartbeatDetails: { payloads } }),
});
const description = (pendingActivities: object[], children: readonly string[] = []) =>
  ({
    raw: {
      pendingActivities,
      pendingChildren: children.map((workflowId) => ({ workflowId, runId: `run-${workflowId}` })),
    },
  }) as never;

/** Returns a client that knows these children, and a report reader for their parent. */
function readerOf(children: Record<string, object[]> = {}, payloadCodecs: object[] = []) {
  const described: string[] = [];
  const client = {
    options: {
      loadedDataConverter: { ...defaultDataConverter, payloadConverter: defaultPayloadConverter, payloadCodecs },
    },
    getHandle: (workflowId: string) => ({
      async describe() {
        described.push(workflowId);
        return description(children[workflowId] ?? []);
      },
    }),
  };
  return { described, children, read: createReportReader({ client } as unknown as Watched) };
}

describe('reports of tasks', () => {
  test('are the heartbeat details of the activities that await a conversion', async () => {
    const { read } = readerOf();
    const reports = await read(
      description([
        activity('awaitTask', heartbeat(1, { taskArn: 'arn:1', status: 'RUNNING' })),
        activity('convertLight', heartbeat(2)),
        activity('awaitTask'),
        activity('listFiles', { generation: 9 }),
      ]),
    );
    expect(reports).toEqual([
      { generation: 1, taskArn: 'arn:1', status: 'RUNNING', ofChild: false, isOpen: true },
      { generation: 2, ofChild: false, isOpen: true },
    ]);
  });

  test("are decoded with the client's codecs", async () => {
    const flip = (data: Uint8Array) => data.map((byte) => byte ^ 0xff);
    const codec = {
      decode: async (payloads: Payload[]) =>
        payloads.map((each) => ({ ...each, data: flip(each.data ?? new Uint8Array()) })),
    };
    const encoded = payloadsOf(heartbeat(3)).map((each) => ({ ...each, data: flip(each.data ?? new Uint8Array()) }));
    const { read } = readerOf({}, [codec]);
    expect(await read(description([activity('awaitTask', {}, encoded)]))).toMatchObject([{ generation: 3 }]);
  });

  test('are ignored if they cannot be decoded', async () => {
    const { read } = readerOf();
    const broken = [{ metadata: { encoding: Buffer.from('binary/unknown') }, data: Buffer.from('x') }];
    expect(await read(description([activity('awaitTask', {}, broken), activity('awaitTask', 'text')]))).toEqual([]);
  });

  test('of child workflows are kept after the children end', async () => {
    const { read, children } = readerOf({ a: [activity('awaitTask', heartbeat(1))], b: [] });
    expect(await read(description([], ['a', 'b']))).toEqual([{ generation: 1, ofChild: true, isOpen: true }]);
    children.b = [activity('awaitTask', heartbeat(4))];
    expect(await read(description([], ['b']))).toEqual(
      expect.arrayContaining([
        { generation: 1, ofChild: true, isOpen: false },
        { generation: 4, ofChild: true, isOpen: true },
      ]),
    );
  });

  test('of many child workflows are read in turn, twenty at a time', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `child-${n}`);
    const { read, described } = readerOf();
    for (let times = 0; times < 5; times++) await read(description([], names));
    expect(described).toHaveLength(100);
    for (const name of names) expect(described.filter((each) => each === name)).toHaveLength(2);
  });
});
