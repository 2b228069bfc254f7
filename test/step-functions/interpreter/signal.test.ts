import type { StateMachine } from '../../../step-functions/definition/types';
import '../../support/compiledSchema';
import { execute } from '../../../step-functions/interpreter/interpreter';
import { until } from '../../support/system';

const resource = 'arn:aws:states:::lambda:invoke';
const machine = (state: object): StateMachine =>
  ({ StartAt: 'Work', States: { Work: { Type: 'Task', Resource: resource, End: true, ...state } } }) as StateMachine;

/** A handler that runs until its signal aborts. */
function waiting() {
  const seen: string[] = [];
  const work = (_: unknown, __: string, signal: AbortSignal): Promise<unknown> =>
    new Promise((_resolve, reject) => {
      seen.push('begun');
      signal.addEventListener('abort', () => {
        seen.push('aborted');
        reject(new Error('aborted'));
      });
    });
  return { seen, handlers: { [resource]: work } };
}

test("aborts a handler's signal when its state times out", async () => {
  const { seen, handlers } = waiting();
  const execution = await execute(machine({ TimeoutSeconds: 1 }), { name: 'n', input: {}, handlers });
  expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  await until('the handler is aborted', 10, () => seen.length > 1);
  expect(seen).toEqual(['begun', 'aborted']);
});

test('the end of an execution ends the wait between attempts', async () => {
  const ending = new AbortController();
  let attempts = 0;
  const work = async () => {
    attempts += 1;
    setTimeout(() => ending.abort(), 20);
    throw new Error('again');
  };
  const execution = await execute(machine({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 3600 }] }), {
    name: 'n',
    input: {},
    handlers: { [resource]: work },
    signal: ending.signal,
  });
  expect(execution.status).toBe('FAILED');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(attempts).toBe(1);
});

test("the end of an execution aborts its handler's signal", async () => {
  const { seen, handlers } = waiting();
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 20);
  const execution = await execute(machine({}), { name: 'n', input: {}, handlers, signal: ending.signal });
  expect(execution.status).toBe('FAILED');
  expect(seen).toEqual(['begun', 'aborted']);
});
