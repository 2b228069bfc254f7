import { steps, transform } from '@etl/pipeline/definition';
import { ends, flow } from '@etl/pipeline/flow';
import { es } from '@etl/pipeline/messages/es';
import { stateMachine } from '../../../step-functions/definition/machine';
import { stateNames } from '../../../step-functions/definition/names';
import type { TaskState } from '../../../step-functions/definition/types';
import { TaskError } from '../../../step-functions/interpreter/interpreter';
import {
  appliedToGlue,
  batch,
  changed,
  generated,
  run,
  type Services,
  sentBy,
  settings,
  validWithSinks,
  visited,
} from './support';

const failing = async (): Promise<never> => {
  throw new TaskError('States.TaskFailed', 'no');
};
const invalid = async () => ({
  valid: false,
  delivered: false,
  reasons: ['a header is missing', 'the file is empty'],
  batch,
});

describe('the flow', () => {
  const machine = generated();

  test('has a state for each stage and each end; only a delivery succeeds', () => {
    for (const stage of Object.keys(flow) as (keyof typeof flow)[]) {
      expect(machine.States[stateNames[stage]]?.Type).toBe('Task');
    }
    for (const [end, kind] of Object.entries(ends)) {
      const { Type } = machine.States[stateNames[end as keyof typeof ends]] ?? {};
      expect(Type).toBe(kind === 'success' ? 'Succeed' : 'Fail');
    }
  });

  test('a task stops no later than its state times out', () => {
    expect((machine.States.TransformData as TaskState).TimeoutSeconds).toBe(transform.timeoutSeconds);
  });

  test.each<[string, Partial<Services>, string[], string]>([
    [
      'everything succeeds',
      {},
      ['TransformData', 'ConfirmCommit', 'HasSinks', 'NotifySuccess', 'Delivered'],
      'SUCCEEDED',
    ],
    [
      'the input is invalid',
      { validate: invalid },
      ['NotifyInvalidData', 'SendInvalidToDeadLetters', 'InvalidInput'],
      'FAILED',
    ],
    [
      'the commit is missing',
      { confirm: async () => Promise.reject(new TaskError('CommitMissing', 'none')) },
      [
        ...['TransformData', 'ConfirmCommit', 'CommitMissing'],
        ...['NotifyFailure', 'SendFailedToDeadLetters', 'Failed'],
      ],
      'FAILED',
    ],
    [
      'a later run superseded it',
      { confirm: async () => Promise.reject(new TaskError('Superseded', 'by run-2')) },
      ['TransformData', 'ConfirmCommit', 'Superseded', 'NotifyFailure', 'SendFailedToDeadLetters', 'Failed'],
      'FAILED',
    ],
    [
      'the task fails',
      { runTask: failing },
      ['TransformData', 'TransformFailed', 'NotifyFailure', 'SendFailedToDeadLetters', 'Failed'],
      'FAILED',
    ],
  ])('when %s', async (_what, services, states, status) => {
    const execution = await run(generated(), services);
    expect(visited(execution).slice(2)).toEqual(states);
    expect(visited(execution).slice(0, 2)).toEqual(['ValidateInput', 'IsValid']);
    expect(execution.status).toBe(status);
  });

  test('an event that is not an object fails as invalid input and is kept unchanged', async () => {
    const execution = await run(generated(), { validate: invalid }, 'not an event');
    expect(sentBy(execution, 'ValidateInput')).toMatchObject([{ Payload: { event: 'not an event' } }]);
    expect(sentBy(execution, 'SendInvalidToDeadLetters')).toMatchObject([{ MessageBody: 'not an event' }]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  });
});

describe('messages', () => {
  const messageOf = async (state: string, services: Partial<Services>) => {
    const [sent] = sentBy(await run(generated(), services), state);
    const { Subject, Message } = sent as { Subject: string; Message: string };
    return { subject: Subject, firstLine: Message.split('\n')[0], body: Message };
  };

  test.each<[string, string, Partial<Services>, string]>([
    ['success', 'NotifySuccess', {}, es.firstLines.success('2026-02-08')],
    ['invalid input', 'NotifyInvalidData', { validate: invalid }, es.firstLines.invalid()],
    ['failure', 'NotifyFailure', { runTask: failing }, es.firstLines.failure('TaskFailed')],
  ])('the first line of %s is fixed', async (_what, state, services, line) => {
    expect((await messageOf(state, services)).firstLine).toBe(line);
  });

  test('all messages use the configured language', async () => {
    const machine = stateMachine({ ...settings, messageLanguage: 'en' });
    const [sent] = sentBy(await run(machine, {}), 'NotifySuccess');
    expect((sent as { Message: string }).Message).toMatch(/^ETL completed for 2026-02-08\n/);
    const text = JSON.stringify(machine);
    for (const label of [...Object.values(es.labels), es.unknown, es.firstLines.invalid()])
      expect(text).not.toContain(label);
  });

  test('an alert of invalid input lists the reasons', async () => {
    expect((await messageOf('NotifyInvalidData', { validate: invalid })).body).toContain('a header is missing');
  });

  const longest = { dataset: 'd'.repeat(100), batchDate: '2026-02-08', source: 's'.repeat(100) };
  const source = { uri: 'u', fingerprint: 'f' };
  const timings = { timeoutSeconds: 1 };
  const valid = {
    delivered: false,
    hasSinks: false,
    plan: { source, destination: 'd', chunkRows: 1, replaces: '', declaration: '', timings },
  };
  const longName = async () => ({ valid: true, batch: longest, options: '{}', ...valid });

  test.each<[string, Partial<Services>]>([
    ['NotifySuccess', { validate: longName }],
    ['NotifyInvalidData', { validate: async () => ({ ...(await invalid()), batch: longest }) }],
    ['NotifyFailure', { validate: longName, runTask: failing }],
    ['NotifyFailure', { validate: failing }],
    ['NotifyFailure', { validate: longName, confirm: failing }],
  ])('the subject of %s is valid for SNS with any names', async (state, services) => {
    const { subject, body } = await messageOf(state, services);
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    if (!body.includes('desconocido')) expect(body).toContain(longest.dataset);
  });
});

describe('errors', () => {
  test('no path reads a Cause, which a timeout may lack, except after an error that a function throws', () => {
    const { ReadSinkFailure: _, ...States } = generated().States;
    expect(JSON.stringify(States)).not.toMatch(/\$\.error\.|\.Cause/);
  });

  test('an error without a Cause is reported', async () => {
    const machine = changed((states) => {
      // A state that returns what Step Functions gives for a timeout.
      states.TransformData = {
        ...{ Type: 'Pass', Result: { Error: 'States.Timeout' }, ResultPath: '$.error', Next: 'TransformTimedOut' },
      } as never;
    });
    const execution = await run(machine);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Timeout', cause: '{"Error":"States.Timeout"}' });
  });
});

describe('sinks', () => {
  /** Fails like a function: the cause is the error as JSON. */
  const throwing = (errorType: string, errorMessage: string) => async (): Promise<never> => {
    throw new TaskError(errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
  };
  const text = 'the data is committed, but 1 of 2 sinks lack it: warehouse: no space';
  const alerted = ['NotifyFailure', 'SendFailedToDeadLetters', 'Failed'];

  test('are applied after the commit, and their outcomes are available to the success message', async () => {
    const execution = await run(generated(), { validate: validWithSinks });
    expect(visited(execution).slice(2)).toEqual([
      ...['TransformData', 'ConfirmCommit', 'HasSinks', 'ApplySinks', 'NotifySuccess', 'Delivered'],
    ]);
    expect(execution.output).toMatchObject({ delivered: { answer: {}, sinks: { outcomes: [appliedToGlue] } } });
    const [message] = sentBy(execution, 'NotifySuccess') as { Message: string }[];
    expect(message?.Message).toContain(`${es.labels.sink}: 1: ${JSON.stringify([appliedToGlue])}`);
  });

  test('are an empty list without sinks', async () => {
    expect((await run(generated())).output).toMatchObject({ delivered: { sinks: { outcomes: [] } } });
  });

  test('are applied to a batch that was delivered before', async () => {
    const validate: Services['validate'] = async (...call) => ({
      ...((await validWithSinks(...call)) as object),
      delivered: true,
    });
    const execution = await run(generated(), { validate });
    expect(visited(execution).slice(2, 5)).toEqual(['ConfirmCommit', 'HasSinks', 'ApplySinks']);
  });

  test('the function receives the plan, the run and the number of earlier failures', async () => {
    let invocations = 0;
    const applySinks: Services['applySinks'] = async () => {
      invocations++;
      return invocations < 3 ? throwing('SinksPending', text)() : [appliedToGlue];
    };
    const execution = await run(generated(), { validate: validWithSinks, applySinks });
    const [first, , last] = sentBy(execution, 'ApplySinks').map(({ Payload }) => Payload);
    expect(first).toMatchObject({ plan: { destination: 's3://clean' }, run: { runId: 'run-1' }, retry: 0 });
    expect(last).toMatchObject({ retry: 2 });
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('the alert, the dead letter and the end have the message of a sink that failed, without a retry', async () => {
    const execution = await run(generated(), { validate: validWithSinks, applySinks: throwing('SinkFailed', text) });
    expect(visited(execution).slice(5)).toEqual(['ApplySinks', 'ReadSinkFailure', 'SinkFailed', ...alerted]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'SinkFailed', cause: text });
    expect(sentBy(execution, 'ApplySinks')).toHaveLength(1);
    const [alert] = sentBy(execution, 'NotifyFailure') as { Message: string }[];
    expect(alert?.Message).toContain(text);
    expect(JSON.stringify(sentBy(execution, 'SendFailedToDeadLetters'))).toContain(text);
  });

  test('a sink that stays pending fails with its message, after the longest statement could have ended', async () => {
    const execution = await run(generated(), { validate: validWithSinks, applySinks: throwing('SinksPending', text) });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'SinkFailed', cause: text });
    const { Retry = [] } = generated().States.ApplySinks as TaskState;
    const [{ IntervalSeconds = 0, MaxDelaySeconds = 0, MaxAttempts = 0 } = {}] = Retry;
    const waits = Array.from({ length: MaxAttempts }, (_, n) => Math.min(IntervalSeconds * 2 ** n, MaxDelaySeconds));
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(steps.awaitSink.totalTimeoutSeconds);
    expect(sentBy(execution, 'ApplySinks')).toHaveLength(1 + MaxAttempts);
  });

  test.each([
    ['the function may not read the commit', throwing('BadConfiguration', 'no credentials'), 1],
    ['an error has no cause', async () => Promise.reject(new TaskError('States.DataLimitExceeded', '')), undefined],
  ])('when %s, the end names the data, the error and the remedy', async (_what, applySinks, invocations) => {
    const execution = await run(generated(), { validate: validWithSinks, applySinks });
    expect(visited(execution).slice(5)).toEqual(['ApplySinks', 'SinksUnknown', ...alerted]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'SinkFailed' });
    expect(execution.cause).toMatch(
      /^the data is committed, but its sinks may lack it: \{.*\}\. Finish with: npx etl sink/,
    );
    expect(execution.cause).toContain('sink replay ventas --from 2026-02-08 --to 2026-02-08');
    if (invocations !== undefined) expect(sentBy(execution, 'ApplySinks')).toHaveLength(invocations);
  });
});
