import { readSinkStatus } from '@etl/storage/sinkStatus';
import { SinkError, type SinkState } from '../../../activities/ports';
import { awaitSink } from '../../../activities/sinks/awaitSink';
import { fakeWriters, input, place, storeWithCommits } from './support';

const wait = { ...input, commit: 1, statement: 's-1' };
const intervals = { firstMs: 1, lastMs: 2 };
const never = new AbortController().signal;

const running = { state: 'running', statement: 's-1' } as const;

/** A writer whose polls give these answers in turn. */
function polled(...answers: readonly (SinkState | Error)[]) {
  const statements: string[] = [];
  const sinks = fakeWriters({
    poll: async (statement) => {
      const answer = answers[Math.min(statements.push(statement), answers.length) - 1] ?? running;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { sinks, statements };
}

test('polls until the statement has ended, and records that', async () => {
  const store = await storeWithCommits(1);
  const { sinks, statements } = polled(running, running, { state: 'applied', detail: '3 rows' });
  expect(await awaitSink({ store, sinks }, wait, never, intervals)).toEqual({
    ...{ state: 'applied', detail: '3 rows', commit: 1 },
  });
  expect(statements).toEqual(['s-1', 's-1', 's-1']);
  expect(await readSinkStatus(store, place, 'catalog')).toMatchObject({ applied: 1, detail: '3 rows' });
});

test.each<[string, SinkState | Error, object]>([
  ['a failed statement', { state: 'failed', reason: 'conflict', retry: true }, { reason: 'conflict', retry: true }],
  ['a refusal', new SinkError('the statement is unknown'), { reason: 'the statement is unknown', retry: false }],
])('records %s', async (_, answer, expected) => {
  const store = await storeWithCommits(1);
  const { sinks } = polled(running, answer);
  expect(await awaitSink({ store, sinks }, wait, never, intervals)).toMatchObject({ state: 'failed', ...expected });
  expect(await readSinkStatus(store, place, 'catalog')).toMatchObject({ failed: { commit: 1 } });
});

test('records nothing for a statement of a commit that was superseded', async () => {
  const store = await storeWithCommits(1);
  const { sinks } = polled({ state: 'superseded' });
  expect(await awaitSink({ store, sinks }, wait, never, intervals)).toEqual({ state: 'superseded', commit: 1 });
  expect(await readSinkStatus(store, place, 'catalog')).toBeUndefined();
});

test('ends when it is aborted', async () => {
  const store = await storeWithCommits(1);
  const aborter = new AbortController();
  const sinks = fakeWriters({
    poll: async () => {
      aborter.abort();
      return running;
    },
  });
  await expect(awaitSink({ store, sinks }, wait, aborter.signal, intervals)).rejects.toThrow('aborted');
});
