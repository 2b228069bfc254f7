import type { Progress } from '@etl/pipeline/manifest';
import { createProgressReader, everyQuarter } from '../../activities/progressReader';
import { MemoryStore } from '../support/fakePorts';

jest.useFakeTimers();

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);
const at = (bytesRead: number): Progress => ({
  ...{ phase: 'converting', bytesRead, bytesTotal: 100, rowsRead: bytesRead, parts: 0 },
  updatedAt: String(bytesRead),
});

describe('progress of a running task', () => {
  const follow = () => {
    const store = new MemoryStore();
    const seen: number[] = [];
    const followed = createProgressReader(store, { leastSeconds: 5 }).follow(
      'file:///p',
      performance.now(),
      ({ bytesRead }) => {
        seen.push(bytesRead);
      },
    );
    return { ...followed, seen, write: (progress: Progress) => store.write('file:///p', JSON.stringify(progress)) };
  };

  test('is passed on after each change until the reader is stopped', async () => {
    const { seen, write, stop, last } = follow();
    await seconds(6);
    await write(at(10));
    await seconds(15);
    await write(at(20));
    await seconds(5);
    expect(seen).toEqual([10, 20]);
    expect(last()).toEqual(at(20));
    await write(at(30));
    stop();
    await seconds(60);
    expect(seen).toEqual([10, 20]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is read less often on a worker that follows many tasks', async () => {
    const store = new MemoryStore();
    const readSmall = jest.spyOn(store, 'readSmall');
    const reader = createProgressReader(store, { leastSeconds: 5 });
    const all = Array.from({ length: 2000 }, (_, n) =>
      reader.follow(`file:///${n}`, performance.now(), () => undefined),
    );
    await seconds(20);
    readSmall.mockClear();
    await seconds(20);
    expect(readSmall.mock.calls.length).toBeLessThanOrEqual(2000);
    for (const { stop } of all) stop();
  });

  test('that cannot be read does not fail anything', async () => {
    const store = { readSmall: () => Promise.reject(new Error('503')) };
    const reader = createProgressReader(store, { leastSeconds: 1 });
    expect(await reader.read('file:///p')).toBeUndefined();
    const { stop, last } = reader.follow('file:///p', performance.now(), () => undefined);
    await seconds(5);
    expect(last()).toBeUndefined();
    stop();
  });
});

describe('progress updates to the workflow', () => {
  test('are at most four, one for each quarter', async () => {
    const updates: number[] = [];
    const onProgress = everyQuarter(async ({ bytesRead }) => void updates.push(bytesRead), 30);
    for (let bytesRead = 1; bytesRead <= 100; bytesRead++) {
      await seconds(5);
      onProgress(at(bytesRead));
    }
    expect(updates).toEqual([25, 50, 75, 100]);
  });

  test('keep a minimum distance, so that a short task sends none', async () => {
    const updates: number[] = [];
    const onProgress = everyQuarter(async ({ bytesRead }) => void updates.push(bytesRead), 30);
    for (let bytesRead = 1; bytesRead <= 100; bytesRead++) {
      await seconds(0.25);
      onProgress(at(bytesRead));
    }
    expect(updates).toEqual([]);
    await seconds(10);
    onProgress(at(100));
    expect(updates).toEqual([100]);
  });
});
