import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { places } from '../../../local/places';
import { createMetrics } from '../../../workers/metrics/metrics';
import { queueReadings, type Reading } from '../../../workers/metrics/readings';
import { watch } from '../../../workers/metrics/watch';
import { recordingMeter } from '../../support/recordingMeter';

const log = { debug: () => undefined };

/** A client of a server that answers DescribeTaskQueue with these statistics. */
const clientOf = (stats: (queue: string, type: number) => object | null): Client =>
  ({
    withDeadline: (_deadline: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeTaskQueue: async ({
        taskQueue,
        taskQueueType,
      }: {
        taskQueue: { name: string };
        taskQueueType: number;
      }) => ({
        stats: stats(taskQueue.name, taskQueueType),
      }),
    },
  }) as unknown as Client;

async function gaugesOf(client: Client, stateDir = '/nowhere'): Promise<Record<string, unknown>> {
  const { meter, samples } = recordingMeter();
  const metrics = createMetrics(meter, '1');
  const config = { INTAKE_QUEUE_URL: undefined, DLQ_URL: undefined, stateDir };
  for (const reading of queueReadings(config, client, 'default', metrics))
    await reading.read().catch(() => reading.withdraw());
  const { 'etl_worker_info{version=1}': _, ...gauges } = samples;
  return gauges;
}

test('the backlog of each task queue has its number of tasks and the age of the oldest', async () => {
  const client = clientOf((queue, type) => ({
    approximateBacklogCount: { toString: () => `${queue.length + type}` },
    approximateBacklogAge: { seconds: 90, nanos: 500_000_000 },
  }));
  expect(await gaugesOf(client)).toMatchObject({
    'etl_task_queue_backlog_tasks{task_queue=etl,task_type=workflow}': 4,
    'etl_task_queue_backlog_tasks{task_queue=etl,task_type=activity}': 5,
    'etl_task_queue_backlog_tasks{task_queue=etl-launch,task_type=activity}': 12,
    'etl_task_queue_backlog_age_seconds{task_queue=etl-light,task_type=activity}': 90.5,
  });
});

test.each<[string, Client]>([
  ['does not report statistics', clientOf(() => null)],
  [
    'does not have the call',
    clientOf(() => {
      throw new Error('UNIMPLEMENTED');
    }),
  ],
])('the backlog is absent if the server %s', async (_, client) => {
  expect(await gaugesOf(client)).toEqual({ etl_dead_letters: 0 });
});

test('the dead letters of the local system are the files of its folder', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'etl-letters-'));
  const { deadLetters } = places(stateDir);
  try {
    await mkdir(deadLetters, { recursive: true });
    for (const name of ['a.json', 'b.json', '.draft-c.json']) await writeFile(join(deadLetters, name), '{}');
    expect(
      await gaugesOf(
        clientOf(() => null),
        stateDir,
      ),
    ).toEqual({ etl_dead_letters: 2 });
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

describe('a watch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const settle = () => jest.advanceTimersByTimeAsync(0);

  test('reads at once and at each interval, but never calls twice at a time', async () => {
    const ends: (() => void)[] = [];
    const read = jest.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
    const watched = watch([{ name: 'q', read, withdraw: () => undefined }], log, 30);
    expect(read).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(read).toHaveBeenCalledTimes(1);
    ends[0]?.();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(read).toHaveBeenCalledTimes(2);
    watched.stop();
    ends[1]?.();
    await jest.advanceTimersByTimeAsync(90_000);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('withdraws a gauge that cannot be read, and none after its end', async () => {
    const withdraw = jest.fn();
    const reading: Reading = { name: 'q', read: () => Promise.reject(new Error('AccessDenied')), withdraw };
    const watched = watch([reading], log, 30);
    await settle();
    expect(withdraw).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(30_000);
    watched.stop();
    expect(withdraw).toHaveBeenCalledTimes(2);
    const stopped = watch([reading], log, 30);
    stopped.stop();
    await settle();
    expect(withdraw).toHaveBeenCalledTimes(2);
  });
});
