import { createDescriber } from '../../activities/describer';
import { CredentialsError, TaskRunnerError, ThrottledError } from '../../activities/ports';
import { FakeTaskRunner } from '../support/fakePorts';
import { randomFrom } from '../support/random';

jest.useFakeTimers();

const settings = { pollMs: 1000, callMs: 250 };
const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

const numberOf = (arn: string): number => Number(arn.slice(4));

const running = (count: number): FakeTaskRunner => {
  const tasks = new FakeTaskRunner();
  for (let n = 0; n < count; n++) tasks.set({ taskArn: `arn:${n}`, lastStatus: 'RUNNING', tags: {} });
  return tasks;
};

/** Waits for the ends of tasks, as awaitTask does, and records the delay in seconds until each end is observed. */
function watcher(tasks: FakeTaskRunner, changeLikelyAt: (arn: string) => number = () => 0) {
  const describer = createDescriber(tasks, settings);
  const stop = new AbortController();
  const endedAt = new Map<string, number>();
  const lags = new Map<string, number>();
  return {
    lags,
    watch(arn: string): void {
      const watch = describer.watch(arn, stop.signal);
      const wait = async () => {
        while ((await watch.next(changeLikelyAt(arn)))?.lastStatus !== 'STOPPED');
        lags.set(arn, (Date.now() - (endedAt.get(arn) ?? 0)) / 1000);
      };
      wait().catch(() => undefined);
    },
    end(arn: string): void {
      endedAt.set(arn, Date.now());
      tasks.set({ taskArn: arn, lastStatus: 'STOPPED', tags: {} });
    },
    stop: () => stop.abort(),
  };
}

const quantile = (values: Iterable<number>, share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

const ends = 30;

/** Simulates `count` tasks. Every few seconds, at random, one ends and another starts. */
async function simulate(count: number, changeLikelyAt?: (arn: string) => number) {
  const tasks = running(count);
  const waits = watcher(tasks, changeLikelyAt);
  for (const arn of tasks.tasks.keys()) waits.watch(arn);
  await seconds(10);
  const random = randomFrom(count);
  const [startedAt, before] = [Date.now(), tasks.describeCalls.length];
  for (let n = 0; n < ends; n++) {
    await seconds(3 * random.next());
    waits.end(`arn:${n}`);
    await seconds(3 * random.next());
    const next = `arn:${n + count}`;
    tasks.set({ taskArn: next, lastStatus: 'RUNNING', tags: {} });
    waits.watch(next);
  }
  const callsPerSecond = (tasks.describeCalls.length - before) / ((Date.now() - startedAt) / 1000);
  await seconds(30);
  waits.stop();
  return { lags: [...waits.lags.values()], callsPerSecond };
}

describe('describer, simulated', () => {
  // 4 calls a second are a fifth of the ECS limit per account. Polling 2,000 tasks every 5 s would cost as many.
  test.each([
    { count: 1, median: 0.7, worst: 1, calls: 1.1 },
    { count: 10, median: 0.7, worst: 1, calls: 1.2 },
    { count: 100, median: 0.7, worst: 1, calls: 1.2 },
    { count: 101, median: 0.7, worst: 1, calls: 2.1 },
    { count: 500, median: 1, worst: 1.5, calls: 4 },
    { count: 2000, median: 3, worst: 5.3, calls: 4 },
  ])(
    'observes the ends of $count tasks after $median s at the median with at most $calls calls a second',
    async ({ count, ...most }) => {
      const { lags, callsPerSecond } = await simulate(count);
      expect(lags).toHaveLength(ends);
      expect(quantile(lags, 0.5)).toBeLessThanOrEqual(most.median);
      expect(quantile(lags, 1)).toBeLessThanOrEqual(most.worst);
      expect(callsPerSecond).toBeLessThanOrEqual(most.calls);
    },
  );

  test('polls the tasks that are likely to end first among 2,000 tasks', async () => {
    const isLikely = (arn: string) => numberOf(arn) < 200 || numberOf(arn) >= 2000;
    const { lags, callsPerSecond } = await simulate(2000, (arn) => (isLikely(arn) ? 0 : Number.POSITIVE_INFINITY));
    expect(quantile(lags, 0.5)).toBeLessThanOrEqual(1.5);
    expect(callsPerSecond).toBeLessThanOrEqual(4);
  });

  test('polls tasks that are not likely to end in turn, although all others take precedence', async () => {
    const isUnlikely = (arn: string) => numberOf(arn) < ends;
    const { lags } = await simulate(2000, (arn) => (isUnlikely(arn) ? Number.POSITIVE_INFINITY : 0));
    expect(lags).toHaveLength(ends);
    expect(quantile(lags, 1)).toBeLessThanOrEqual(21);
  });
});

describe('describer', () => {
  test('describes a task at once when its watch begins, then every second', async () => {
    const tasks = running(1);
    const watch = createDescriber(tasks, settings).watch('arn:0');
    const looks: number[] = [];
    const startedAt = Date.now();
    for (let n = 0; n < 3; n++) {
      const look = watch.next().then(() => looks.push(Date.now() - startedAt));
      await seconds(1);
      await look;
    }
    expect(looks.map((at) => Math.round(at / 1000))).toEqual([0, 1, 2]);
  });

  test('describes a task at once for a second watch, and the first watch receives that answer too', async () => {
    const tasks = running(1);
    const describer = createDescriber(tasks, settings);
    const first = describer.watch('arn:0');
    await Promise.all([first.next(), seconds(0.3)]);
    const looks = Promise.all([first.next(), describer.watch('arn:0').next()]);
    await seconds(0.01);
    expect(await looks).toEqual([expect.objectContaining({ taskArn: 'arn:0' }), expect.anything()]);
    expect(tasks.describeCalls).toEqual([['arn:0'], ['arn:0']]);
  });

  test('ignores for a watch an answer that was requested before the watch began', async () => {
    const tasks = running(1);
    const answers: (() => void)[] = [];
    tasks.describe = async (arns) => {
      const { lastStatus } = tasks.tasks.get('arn:0') ?? { lastStatus: '' };
      await new Promise<void>((resolve) => answers.push(resolve));
      return arns.map((taskArn) => ({ taskArn, lastStatus, tags: {} }));
    };
    const describer = createDescriber(tasks, settings);
    const early = describer.watch('arn:0').next();
    await seconds(1);
    tasks.set({ taskArn: 'arn:0', lastStatus: 'STOPPED', tags: {} });
    const late = describer.watch('arn:0').next();
    answers.shift()?.();
    expect(await early).toMatchObject({ lastStatus: 'RUNNING' });
    await seconds(0.01);
    answers.shift()?.();
    expect(await late).toMatchObject({ lastStatus: 'STOPPED' });
  });

  test('doubles the interval after a throttled call, up to 16 times, and shortens it again after answers', async () => {
    const tasks = running(1);
    const describe = tasks.describe.bind(tasks);
    const calledAt: number[] = [];
    let throttles = 6;
    tasks.describe = async (arns) => {
      calledAt.push(Date.now());
      if (throttles-- > 0) throw new ThrottledError('Rate exceeded');
      return describe(arns);
    };
    const waits = watcher(tasks);
    waits.watch('arn:0');
    await seconds(200);
    waits.stop();
    const gaps = calledAt.slice(1).map((at, index) => Math.round((at - (calledAt[index] ?? 0)) / 1000));
    expect(gaps.slice(0, 7)).toEqual([2, 4, 8, 16, 16, 16, 9]);
    expect(gaps.at(-1)).toBe(1);
  });

  test('retries an outage at the usual interval without failing any wait', async () => {
    const tasks = running(1);
    const describe = tasks.describe.bind(tasks);
    let refusals = 3;
    tasks.describe = async (arns) => {
      if (refusals-- > 0) throw new Error('503');
      return describe(arns);
    };
    const answer = createDescriber(tasks, settings).watch('arn:0').next();
    await seconds(4);
    expect(await answer).toMatchObject({ lastStatus: 'RUNNING' });
  });

  test('a call without an answer does not delay other calls', async () => {
    const tasks = running(150);
    const describe = tasks.describe.bind(tasks);
    let hangs = 1;
    tasks.describe = (arns) => (hangs-- > 0 ? new Promise(() => undefined) : describe(arns));
    const waits = watcher(tasks);
    for (const arn of tasks.tasks.keys()) waits.watch(arn);
    await seconds(1);
    waits.end('arn:149');
    await seconds(1);
    expect([...waits.lags.keys()]).toEqual(['arn:149']);
    waits.stop();
  });

  test.each([
    ['ECS will always return', new TaskRunnerError('AccessDenied')],
    ['another worker may not get', new CredentialsError('AccessDenied')],
  ])('rejects the wait with an error that %s', async (_what, error) => {
    const tasks = running(1);
    tasks.describe = async () => {
      throw error;
    };
    const answer = createDescriber(tasks, settings).watch('arn:0').next();
    const expected = expect(answer).rejects.toThrow('AccessDenied');
    await seconds(1);
    await expected;
  });

  test('an aborted wait costs no call and leaves no timer', async () => {
    const tasks = running(1);
    const stop = new AbortController();
    const answer = createDescriber(tasks, settings).watch('arn:0', stop.signal).next();
    const expected = expect(answer).rejects.toThrow('given up');
    stop.abort(new Error('given up'));
    await expected;
    await seconds(2);
    expect(tasks.describeCalls).toHaveLength(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
