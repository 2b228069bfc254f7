import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRunTask } from '@etl/fargate/http/validateRunTask';
import { stateMachine } from '../../../step-functions/definition/machine';
import type { StateMachine, TaskState } from '../../../step-functions/definition/types';
import { camelCase } from '../../../step-functions/interpreter/casing';
import { TaskError } from '../../../step-functions/interpreter/interpreter';
import { lintMachine } from '../../../step-functions/lint/lintMachine';
import { changed, generated, run, sentBy, settings, visited, without } from './support';

/** The widely copied form of this machine has each of these faults; the tests put them back into the generated one. */
const rulesBroken = (machine: StateMachine) => [...new Set(lintMachine(machine).map(({ rule }) => rule))];

const failing = async () => {
  throw new TaskError('States.TaskFailed', 'Essential container in task exited');
};
const failsToStart = { runTask: failing };

test('the generated machine has none of these faults', () => {
  expect(lintMachine(generated())).toEqual([]);
  expect(lintMachine(stateMachine({ ...settings, spot: true }))).toEqual([]);
});

describe('TransformData without ResultPath', () => {
  const broken = changed((states) => {
    states.TransformData = without(states.TransformData as TaskState, 'ResultPath');
  });

  test('drops the data that later states read', async () => {
    const execution = await run(broken);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.cause).toContain('$.validation.plan');
    expect(sentBy(execution, 'NotifySuccess')).toEqual([]);
    expect(rulesBroken(broken)).toEqual(['paths']);
  });

  test('drops the data even when NotifySuccess follows directly', async () => {
    const direct = changed((states) => {
      states.TransformData = { ...without(states.TransformData as TaskState, 'ResultPath'), Next: 'NotifySuccess' };
    });
    const execution = await run(direct);
    expect(execution.status).toBe('FAILED');
    expect(execution.cause).toContain('$.validation.batch');
  });

  test('with ResultPath, the message contains the batch', async () => {
    const execution = await run(generated());
    expect(execution.status).toBe('SUCCEEDED');
    expect(sentBy(execution, 'NotifySuccess')).toEqual([
      expect.objectContaining({ Message: expect.stringMatching(/^ETL completado para 2026-02-08\n/) }),
    ]);
  });
});

describe('a Catch without ResultPath', () => {
  const broken = changed((states) => {
    const { Catch = [], ...rest } = states.TransformData as TaskState;
    states.TransformData = { ...rest, Catch: Catch.map((catcher) => without(catcher, 'ResultPath')) };
  });

  test('drops the failed batch, and no alert is sent', async () => {
    const execution = await run(broken, failsToStart);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(sentBy(execution, 'NotifyFailure')).toEqual([]);
    expect(sentBy(execution, 'SendFailedToDeadLetters')).toEqual([]);
    expect(rulesBroken(broken)).toEqual(['catch-result-path', 'paths']);
  });

  test('with ResultPath, the alert names the batch and the event is kept', async () => {
    const event = { detail: { s3Key: 'a.csv', batchDate: '2026-02-08' } };
    const execution = await run(generated(), failsToStart, event);
    const [alert] = sentBy(execution, 'NotifyFailure');
    expect(alert?.Message).toMatch(/^ETL FALLIDO: TaskFailed\n[\s\S]*Fecha de lote: 2026-02-08\nConjunto: ventas\n/);
    expect(sentBy(execution, 'SendFailedToDeadLetters')).toEqual([expect.objectContaining({ MessageBody: event })]);
  });
});

describe('a failure branch with End: true', () => {
  const broken = changed((states) => {
    states.NotifyFailure = { ...without(states.NotifyFailure as TaskState, 'Next'), Catch: [], End: true };
  });

  test('reports a failed run as SUCCEEDED', async () => {
    const execution = await run(broken, failsToStart);
    expect(execution.status).toBe('SUCCEEDED');
    expect(visited(execution)).not.toContain('NotifySuccess');
    expect(rulesBroken(broken)).toContain('green-failure');
  });

  test('a Fail state ends the run with the error', async () => {
    const execution = await run(generated(), failsToStart);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'TaskFailed' });
    expect(execution.cause).toContain('Essential container in task exited');
  });

  test('a Fail state ends the run when the alert cannot be sent, too', async () => {
    const execution = await run(generated(), { runTask: failing, publish: failing, send: failing });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'TaskFailed' });
    expect(visited(execution).slice(-3)).toEqual(['NotifyFailure', 'SendFailedToDeadLetters', 'Failed']);
  });

  test('delivered data stays delivered when the message cannot be sent', async () => {
    const execution = await run(generated(), { publish: failing });
    expect(execution.status).toBe('SUCCEEDED');
    expect(visited(execution).slice(-2)).toEqual(['NotifySuccess', 'Delivered']);
  });
});

describe('a timeout', () => {
  /** Takes longer than the timeout of the state. */
  const slow = { runTask: async () => void (await sleep(1500)) };
  const withRetry = (Retry: TaskState['Retry']) =>
    changed((states) => {
      states.TransformData = { ...(states.TransformData as TaskState), TimeoutSeconds: 1, ...(Retry && { Retry }) };
    });
  const attempts = async (machine: StateMachine) => sentBy(await run(machine, slow), 'TransformData').length;

  const missing = async (): Promise<never> => {
    throw new TaskError('CommitMissing', 'the commit log does not contain the batch');
  };

  test('after the commit of the task counts as a delivery', async () => {
    const execution = await run(withRetry(undefined), slow);
    expect(visited(execution).slice(-4)).toEqual(['ConfirmLate', 'HasSinks', 'NotifySuccess', 'Delivered']);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('without a commit fails the run and is not retried', async () => {
    const execution = await run(withRetry(undefined), { ...slow, confirm: missing });
    expect(sentBy(execution, 'TransformData')).toHaveLength(1);
    expect(visited(execution)).toContain('TransformTimedOut');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Timeout' });
  });

  test('does not match States.TaskFailed where the specification is followed', async () => {
    const silent = withRetry([{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 2 }]);
    expect(await attempts(silent)).toBe(1);
    // Not every implementation follows it, so the rule requires an explicit entry.
    expect(rulesBroken(silent)).toEqual(['explicit-timeout']);
  });

  test('is retried beside the running task where States.ALL is retried', async () => {
    const begun: string[] = [];
    const secondBegins = new EventEmitter();
    const execution = await run(withRetry([{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }]), {
      runTask: async (_parameters, state, signal) => {
        if (begun.push(state) === 1) return once(secondBegins, 'begun');
        secondBegins.emit('begun');
        // Until the state has timed out.
        return once(signal, 'abort');
      },
      confirm: missing,
    });
    const [first, again, ...more] = execution.attempts.filter(({ state }) => state === 'TransformData');
    expect(more).toEqual([]);
    expect(again?.startedAt).toBeLessThanOrEqual(first?.endedAt ?? 0);
    expect(execution.error).toBe('Timeout');
  });

  test('is not retried even then with an explicit entry', async () => {
    const [timeout] = (generated().States.TransformData as TaskState).Retry ?? [];
    expect(timeout).toEqual({ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 });
    const all = { ErrorEquals: ['States.ALL'], MaxAttempts: 2 };
    expect(await attempts(withRetry(timeout && [timeout, all]))).toBe(1);
  });
});

describe('a launch type together with a strategy', () => {
  const strategy = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];
  const broken = changed((states) => {
    const { Parameters, ...rest } = states.TransformData as TaskState;
    states.TransformData = { ...rest, Parameters: { ...Parameters, CapacityProviderStrategy: strategy } };
  });
  const request = (machine: StateMachine) => camelCase((machine.States.TransformData as TaskState).Parameters) as never;

  test('is rejected by ECS', () => {
    expect(() => checkRunTask(request(broken))).toThrow('Specify either launchType or capacityProviderStrategy');
    expect(rulesBroken(broken)).toEqual(['launch-type']);
  });

  test.each([false, true])('is not in the generated request (Spot: %s)', (spot) => {
    const machine = stateMachine({ ...settings, spot });
    expect(() => checkRunTask(request(machine))).not.toThrow();
  });
});
