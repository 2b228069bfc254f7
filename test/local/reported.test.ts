import { reported } from '../../local/reported';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('reports a step at its start, and its progress every ten seconds', async () => {
  const lines: string[] = [];
  let count = 0;
  const work = new Promise<string>((resolve) => setTimeout(() => resolve('result'), 25_000));
  const running = reported(
    (line) => lines.push(line),
    'Building',
    () => work,
    () => `${++count} packages`,
  );
  await jest.advanceTimersByTimeAsync(60_000);
  expect(await running).toBe('result');
  expect(lines).toEqual(['Building …', 'Building … 10 s, 1 packages', 'Building … 20 s, 2 packages']);
});

test('ends with the error of the work', async () => {
  await expect(
    reported(
      () => undefined,
      'Building',
      () => Promise.reject(new Error('failed')),
    ),
  ).rejects.toThrow('failed');
  expect(jest.getTimerCount()).toBe(0);
});
