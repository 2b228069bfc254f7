import { setTimeout as sleep } from 'node:timers/promises';
import type { State, TaskState } from '../../../step-functions/definition/types';
import '../../support/compiledSchema';
import {
  type Execution,
  execute,
  type ResourceHandler,
  TaskError,
} from '../../../step-functions/interpreter/interpreter';

const work = 'arn:aws:states:::lambda:invoke';
const task: TaskState = { Type: 'Task', Resource: work, TimeoutSeconds: 60, End: true };
const failing = async () => {
  throw new TaskError('Busy', 'not now');
};

const run = (
  states: Record<string, State>,
  handler: ResourceHandler = async () => ({ done: true }),
  more: { input?: unknown; timeScale?: number; name?: string } = {},
): Promise<Execution> =>
  execute(
    { StartAt: Object.keys(states)[0] ?? '', States: states },
    { name: 'run-1', input: {}, timeScale: 0.001, handlers: { [work]: handler }, ...more },
  );

describe('an execution', () => {
  test('records its states, attempts and transitions', async () => {
    const states: Record<string, State> = {
      First: { ...task, End: undefined, Next: 'Second', ResultPath: '$.first' } as never,
      Second: { Type: 'Pass', Next: 'Done' },
      Done: { Type: 'Succeed' },
    };
    const execution = await run(JSON.parse(JSON.stringify(states)), undefined, { input: { a: 1 } });
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { a: 1, first: { done: true } },
      transitions: 3,
      failures: [],
    });
    expect(execution.states.map(({ name }) => name)).toEqual(['First', 'Second', 'Done']);
    expect(execution.attempts).toEqual([
      { state: 'First', parameters: { a: 1 }, startedAt: expect.any(Number), endedAt: expect.any(Number) },
    ]);
  });

  test('that fails returns its error and cause', async () => {
    const execution = await run({ Only: task }, failing);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Busy', cause: 'not now', output: undefined });
    expect(execution.attempts).toMatchObject([{ state: 'Only', error: 'Busy' }]);
    expect(execution.failures).toMatchObject([{ state: 'Only', error: 'Busy' }]);
  });

  test('that ends in a Fail state returns the error and cause of that state', async () => {
    const fail: State = { Type: 'Fail', ErrorPath: '$.type', CausePath: '$.why' };
    const execution = await run({ End: fail }, undefined, { input: { type: 'BadData', why: 'no rows' } });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'BadData', cause: 'no rows', transitions: 1 });
  });

  test('of an invalid definition throws', async () => {
    await expect(run({ Only: { ...task, Next: 'Nowhere' } as never })).rejects.toThrow(/invalid/);
  });

  test('fails the state by name for a resource without a handler', async () => {
    const execution = await run({ Only: { ...task, Resource: 'arn:aws:states:::sns:publish' } });
    expect(execution).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('sns:publish') });
  });

  test('has a context: name, start time and input', async () => {
    const Parameters = {
      'name.$': '$$.Execution.Name',
      'event.$': '$$.Execution.Input',
      'at.$': '$$.Execution.StartTime',
    };
    const { attempts } = await run({ Only: { ...task, Parameters } }, undefined, { input: { x: 1 }, name: 'run-7' });
    expect(attempts[0]?.parameters).toEqual({
      name: 'run-7',
      event: { x: 1 },
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe('retries', () => {
  const retry = (MaxAttempts: number) => [{ ErrorEquals: ['Busy'], IntervalSeconds: 60, BackoffRate: 2, MaxAttempts }];

  test.each([0, 1, 3])('%d retries add that number of attempts and transitions', async (retries) => {
    const execution = await run({ Only: { ...task, Retry: retry(retries) } }, failing);
    expect(execution.attempts).toHaveLength(retries + 1);
    expect(execution.failures).toHaveLength(retries + 1);
    expect(execution.transitions).toBe(1 + retries);
    expect(execution.status).toBe('FAILED');
  });

  test('end with the first success', async () => {
    let left = 2;
    const execution = await run({ Only: { ...task, Retry: retry(5) } }, async () => (left-- > 0 ? failing() : 'ok'));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 'ok', transitions: 3 });
    expect(execution.attempts.map(({ error }) => error)).toEqual(['Busy', 'Busy', undefined]);
  });

  test('are counted in the context for each state', async () => {
    const Parameters = { 'count.$': '$$.State.RetryCount' };
    const states = {
      First: {
        ...task,
        Parameters,
        Retry: retry(2),
        Next: 'Second',
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Second' }],
      },
      Second: { ...task, Parameters, Retry: retry(1) },
    };
    const { End: _, ...first } = states.First;
    const { attempts } = await run({ ...states, First: first as never }, failing);
    const counts = attempts.map(({ state, parameters }) => [state, (parameters as { count: number }).count]);
    expect(counts).toEqual([
      ['First', 0],
      ['First', 1],
      ['First', 2],
      ['Second', 0],
      ['Second', 1],
    ]);
  });

  test('wait for the scaled time', async () => {
    const { attempts } = await run({ Only: { ...task, Retry: retry(1) } }, failing, { timeScale: 0.005 });
    const [first, second] = attempts;
    const waited = (second?.startedAt ?? 0) - (first?.endedAt ?? 0);
    expect(waited).toBeGreaterThanOrEqual(290);
  });
});

describe('timeouts', () => {
  const slow: TaskState = { ...task, TimeoutSeconds: 1 };
  const late: ResourceHandler = (_parameters, _state, signal) => sleep(10_000, undefined, { signal });

  test('an attempt beyond its timeout fails as States.Timeout', async () => {
    const execution = await run({ Only: slow }, late);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(execution.failures).toMatchObject([{ state: 'Only', error: 'States.Timeout' }]);
    expect(execution.attempts).toHaveLength(1);
  });

  test('a timeout is caught by its name', async () => {
    const { End: _, ...rest } = slow;
    const Catch = [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Caught' }];
    const states = {
      Only: { ...rest, Catch, Next: 'Done' },
      Caught: { Type: 'Pass', End: true },
      Done: { Type: 'Succeed' },
    };
    const execution = await run(states as never, late);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { error: { Error: 'States.Timeout' } } });
  });
});
