import type { RunEnd } from '@etl/pipeline/batch/fileResult';
import { awaitRuns } from '../../activities/awaitRuns';

const run = (name: string, runId?: string) => ({
  uri: `s3://raw/${name}.csv`,
  batchDate: '2026-02-08',
  workflowId: name,
  ...(runId !== undefined && { runId }),
});
const never = new AbortController().signal;

/** Runs that a test ends. `givenUp` records the waits that were aborted. */
function executions() {
  const ends = new Map<string, (end: RunEnd) => void>();
  const fails = new Map<string, (error: Error) => void>();
  const asked: [string, string | undefined][] = [];
  const givenUp: string[] = [];
  return {
    asked,
    givenUp,
    end: (name: string, end: RunEnd) => ends.get(name)?.(end),
    fail: (name: string, error: Error) => fails.get(name)?.(error),
    result: (workflowId: string, runId: string | undefined, signal: AbortSignal): Promise<RunEnd> =>
      new Promise((resolve, reject) => {
        asked.push([workflowId, runId]);
        ends.set(workflowId, resolve);
        fails.set(workflowId, reject);
        signal.addEventListener('abort', () => {
          givenUp.push(workflowId);
          reject(new Error('given up'));
        });
      }),
  };
}

test('returns the runs that have ended and aborts the other waits', async () => {
  const of = executions();
  const ended = awaitRuns(of, [run('a', 'r1'), run('b'), run('c')], never);
  of.end('b', { status: 'cancelled' });
  of.end('a', { status: 'failed', failureType: 'BadData', reason: 'bad' });
  expect((await ended).map(({ workflowId, result }) => [workflowId, result.outcome]).sort()).toEqual([
    ['a', 'failed'],
    ['b', 'cancelled'],
  ]);
  expect(of.asked).toEqual([
    ['a', 'r1'],
    ['b', undefined],
    ['c', undefined],
  ]);
  expect(of.givenUp).toContain('c');
});

test('returns at once without runs', async () => {
  expect(await awaitRuns(executions(), [], never)).toEqual([]);
});

test('fails when a wait fails, and ends with its signal', async () => {
  const of = executions();
  const failing = awaitRuns(of, [run('a'), run('b')], never);
  of.fail('a', new Error('Temporal is away'));
  await expect(failing).rejects.toThrow('Temporal is away');
  const stopping = new AbortController();
  const stopped = awaitRuns(executions(), [run('a')], stopping.signal);
  stopping.abort();
  await expect(stopped).rejects.toThrow('given up');
});
