import { getEventListeners } from 'node:events';
import { resultOf } from '../../workers/resultOf';

const deadline = () =>
  Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4, details: 'Deadline exceeded', metadata: {} });

/** Like Temporal's client: every call adds a listener to its signal, and never removes it. */
function clientOf(calls: (() => Promise<unknown>)[]) {
  const signals: AbortSignal[] = [];
  const client = {
    withAbortSignal: <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
      signals.push(signal);
      signal.addEventListener('abort', () => undefined);
      return work();
    },
    withDeadline: <T>(_deadline: number | Date, work: () => Promise<T>): Promise<T> => work(),
  };
  return { client, signals, handle: { result: () => (calls.shift() ?? (() => new Promise(() => undefined)))() } };
}

test('polls again after a deadline with a new signal each time, and leaves no listener behind', async () => {
  const rounds = Array.from({ length: 20 }, () => () => Promise.reject(deadline()));
  const { client, handle, signals } = clientOf([...rounds, async () => 'delivered']);
  const { signal } = new AbortController();
  expect(await resultOf(client, handle, signal)).toBe('delivered');
  expect(new Set(signals).size).toBe(21);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an abort reaches the current poll', async () => {
  const { client, handle, signals } = clientOf([]);
  const following = new AbortController();
  void resultOf(client, handle, following.signal);
  following.abort();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('rethrows any other error', async () => {
  const { client, handle } = clientOf([() => Promise.reject(new Error('no such run'))]);
  await expect(resultOf(client, handle, new AbortController().signal)).rejects.toThrow('no such run');
});
