import { createDescriber, defaultLimit } from '../../activities/describer';
import { TaskRunnerError } from '../../activities/ports';
import { FakeTaskRunner } from '../support/fakePorts';

jest.useFakeTimers();

const settings = { tickSeconds: 1, slowEvery: 5, limit: defaultLimit };
const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

const running = (count: number): FakeTaskRunner => {
  const tasks = new FakeTaskRunner();
  for (let n = 0; n < count; n++) tasks.set({ taskArn: `arn:${n}`, lastStatus: 'RUNNING', tags: {} });
  return tasks;
};

/** Waits for every task again and again, as awaitTask does. */
const waitForAll = (tasks: FakeTaskRunner, pace: 'fast' | 'slow', limit = defaultLimit) => {
  const describer = createDescriber(tasks, { ...settings, limit });
  const seen: string[] = [];
  const stops = [...tasks.tasks.keys()].map((arn) => {
    const stop = new AbortController();
    const wait = async () => {
      for (;;) {
        const task = await describer.next(arn, pace, stop.signal);
        if (task?.lastStatus === 'STOPPED') return void seen.push(arn);
      }
    };
    wait().catch(() => undefined);
    return stop;
  });
  return {
    seen,
    stop: () => {
      for (const stop of stops) stop.abort();
    },
  };
};

describe('describer', () => {
  test.each([
    [1, 1],
    [100, 1],
    [500, 5],
    [2000, 20],
  ])('%i running tasks cost %i calls a look, and one look in five ticks', async (count, calls) => {
    const tasks = running(count);
    const waits = waitForAll(tasks, 'slow');
    await seconds(5);
    expect(tasks.describeCalls).toHaveLength(calls);
    await seconds(4);
    expect(tasks.describeCalls).toHaveLength(calls);
    await seconds(1);
    expect(tasks.describeCalls).toHaveLength(2 * calls);
    expect(tasks.describeCalls.flat()).toHaveLength(2 * count);
    waits.stop();
  });

  test('a changed status is seen at the next look', async () => {
    const tasks = running(300);
    const waits = waitForAll(tasks, 'slow');
    await seconds(6);
    tasks.set({ taskArn: 'arn:250', lastStatus: 'STOPPED', tags: {} });
    await seconds(4);
    expect(waits.seen).toEqual(['arn:250']);
    waits.stop();
  });

  test('starting tasks are looked at in every tick, and running ones with them where a call has room', async () => {
    const tasks = running(150);
    const describer = createDescriber(tasks, settings);
    const slow = Array.from({ length: 150 }, (_, n) => describer.next(`arn:${n}`, 'slow'));
    const fast = describer.next('arn:fast', 'fast');
    await seconds(1);
    expect(tasks.describeCalls).toEqual([['arn:fast', ...Array.from({ length: 99 }, (_, n) => `arn:${n}`)]]);
    expect(await fast).toBeUndefined();
    await seconds(4);
    expect(await Promise.all(slow)).toHaveLength(150);
  });

  test('the token bucket bounds the calls; who was not served is served first', async () => {
    const tasks = running(1000);
    const waits = waitForAll(tasks, 'fast', { perSecond: 2, burst: 4 });
    await seconds(1);
    expect(tasks.describeCalls).toHaveLength(4);
    await seconds(1);
    expect(tasks.describeCalls).toHaveLength(6);
    await seconds(2);
    expect(tasks.describeCalls).toHaveLength(10);
    expect(new Set(tasks.describeCalls.flat()).size).toBe(1000);
    waits.stop();
  });

  test('throttling and outages are waited out; no wait hears of them', async () => {
    const tasks = running(1);
    const describe = tasks.describe.bind(tasks);
    let refusals = 3;
    tasks.describe = async (arns) => {
      if (refusals-- > 0) throw new Error('503');
      return describe(arns);
    };
    const answer = createDescriber(tasks, settings).next('arn:0', 'fast');
    await seconds(4);
    expect(await answer).toMatchObject({ lastStatus: 'RUNNING' });
  });

  test('what ECS will never answer is told to those who asked', async () => {
    const tasks = running(1);
    tasks.describe = async () => {
      throw new TaskRunnerError('AccessDenied');
    };
    const answer = createDescriber(tasks, settings).next('arn:0', 'fast');
    const expected = expect(answer).rejects.toThrow('AccessDenied');
    await seconds(1);
    await expected;
  });

  test('a wait that was given up costs no call, and no timer is left', async () => {
    const tasks = running(1);
    const stop = new AbortController();
    const answer = createDescriber(tasks, settings).next('arn:0', 'fast', stop.signal);
    const expected = expect(answer).rejects.toThrow('given up');
    stop.abort(new Error('given up'));
    await expected;
    await seconds(2);
    expect(tasks.describeCalls).toHaveLength(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
