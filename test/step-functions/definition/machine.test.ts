import { transform } from '@etl/pipeline/definition';
import { ends, flow } from '@etl/pipeline/flow';
import { es } from '@etl/pipeline/messages/es';
import { stateMachine } from '../../../step-functions/definition/machine';
import { stateNames } from '../../../step-functions/definition/names';
import type { TaskState } from '../../../step-functions/definition/types';
import { TaskError } from '../../../step-functions/interpreter/interpreter';
import { batch, changed, generated, run, type Services, sentBy, settings, visited } from './support';

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
    ['everything succeeds', {}, ['TransformData', 'ConfirmCommit', 'NotifySuccess', 'Delivered'], 'SUCCEEDED'],
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
  test('no path reads a Cause, which a timeout may lack', () => {
    expect(JSON.stringify(generated())).not.toMatch(/\$\.error\.|\.Cause/);
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
