import { whileThrottled } from '../../aws/whileThrottled';

jest.useFakeTimers();

const named = (name: string, message: string) => Object.assign(new Error(message), { name });
/** Fails the first `times` calls, then returns the number of calls. */
const failing = (times: number, error: Error) => {
  let calls = 0;
  const work = async () => {
    calls += 1;
    if (calls <= times) throw error;
    return calls;
  };
  return { work, calls: () => calls };
};

test.each([
  named('ClientException', 'Too many concurrent attempts to create a new revision of the specified family.'),
  named('InvalidParameterException', 'Rate exceeded'),
  named('ThrottlingException', ''),
])('retries %s', async (error) => {
  const answer = whileThrottled(failing(5, error).work, new AbortController().signal);
  await jest.advanceTimersByTimeAsync(30_000);
  expect(await answer).toBe(6);
});

test('rethrows any other error', async () => {
  const { work, calls } = failing(1, named('ClientException', 'TaskDefinition is inactive'));
  await expect(whileThrottled(work, new AbortController().signal)).rejects.toThrow('inactive');
  expect(calls()).toBe(1);
});

test('throws the last error when the time is up', async () => {
  const { work } = failing(1000, named('ThrottlingException', 'Rate exceeded'));
  const stop = new AbortController();
  const answer = expect(whileThrottled(work, stop.signal)).rejects.toThrow('Rate exceeded');
  await jest.advanceTimersByTimeAsync(10_000);
  stop.abort();
  await answer;
});
