import { setImmediate } from 'node:timers/promises';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { type Start, startsOf } from '@etl/pipeline/intake/starts';
import { ServiceError } from '@temporalio/client';
import { type DeadLetter, LetterRefusedError } from '../../../activities/ports';
import { type IntakeSettings, startIntake } from '../../../workers/intake/consume';
import { createGate, type Gate } from '../../../workers/intake/gate';
import { created, s3Object } from '../../support/s3Events';
import { until } from '../../support/system';

/** Serves messages from memory and records the outcome of each. */
function sourceOf(...messages: { body: unknown; receiveCount?: number }[]) {
  const left = [...messages];
  const ends: string[] = [];
  const asked: number[] = [];
  const source: EventSource = {
    name: 'memory',
    async receive(limit, signal) {
      asked.push(limit);
      await setImmediate();
      if (left.length === 0 && !signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return left.splice(0, Math.min(limit, 10)).map(
        ({ body, receiveCount = 1 }, index): Delivery => ({
          id: `m${index}`,
          body: typeof body === 'string' ? body : JSON.stringify(body),
          receiveCount,
          done: async () => void ends.push('done'),
          again: async (seconds) => void ends.push(`again after ${seconds}`),
        }),
      );
    },
    close: async () => void ends.push('closed'),
  };
  return { source, ends, asked };
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const file = (name: string) => created(s3Object({ key: `ventas/${name}.csv` }));
const grpcError = (code: number, details: string) =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error(details), { code, details, metadata: {} }),
  });

const openGate = (): Gate => ({
  waitForRoom: async () => 1000,
  reserve: async () => ({ commit: () => undefined, release: () => undefined }),
  invalidate: () => undefined,
});

function settings(source: EventSource, changes: Partial<IntakeSettings> = {}) {
  const letters: DeadLetter[] = [];
  const all: IntakeSettings = {
    source,
    read: (body, id) => startsOf(body, id, { timeZone: 'UTC' }, undefined),
    start: async () => 'started',
    gate: openGate(),
    deadLetters: {
      send: async (letter) => {
        letters.push(letter);
        return 'l1';
      },
    },
    maxReceives: 3,
    log: silent,
    ...changes,
  };
  return { all, letters };
}

test('sends an unreadable message to the dead-letter queue and continues with the next one', async () => {
  const { source, ends } = sourceOf({ body: 'first' }, { body: file('a') });
  const { all, letters } = settings(source, {
    read: (body, id) => {
      if (body === 'first') throw new RangeError('no such time');
      return startsOf(body, id, { timeZone: 'UTC' }, undefined);
    },
  });
  const intake = startIntake(all);
  await until('both', 5, () => ends.length === 2);
  await intake.stop();
  expect(intake.counts).toMatchObject({ started: 1, poison: 1, again: 0 });
  expect(letters).toMatchObject([
    { event: 'first', failureType: 'InvalidEvent', reason: 'the message cannot be parsed: no such time' },
  ]);
});

test('acknowledges and counts started, duplicate and ignored messages', async () => {
  const test = { Event: 's3:TestEvent' };
  const { source, ends } = sourceOf({ body: file('a') }, { body: file('b') }, { body: test }, { body: test });
  const { all } = settings(source, {
    start: async ({ workflowId }) => (/\/b-[0-9a-f]+\//.test(workflowId) ? 'duplicate' : 'started'),
  });
  const intake = startIntake(all);
  await until('all', 5, () => ends.length === 4);
  await intake.stop();
  expect(ends).toEqual(['done', 'done', 'done', 'done', 'closed']);
  expect(intake.counts).toEqual({
    started: 1,
    duplicates: 1,
    ignored: { testEvent: 2 },
    poison: 0,
    logged: 0,
    again: 0,
  });
});

test('deletes an invalid message only after its dead letter', async () => {
  const { source, ends } = sourceOf({ body: 'x' });
  const { all, letters } = settings(source);
  const intake = startIntake(all);
  await until('its end', 5, () => ends.length === 1);
  await intake.stop();
  const reason = 'the message is not JSON: "x"';
  expect(letters).toEqual([{ event: 'x', failureType: 'InvalidEvent', reason, workflowId: '', runId: '' }]);
  expect(ends[0]).toBe('done');
});

test('releases a message whose dead letter cannot be sent, and logs the message after too many receives', async () => {
  const { source, ends } = sourceOf({ body: 'x', receiveCount: 3 }, { body: 'x', receiveCount: 4 });
  const send = () => Promise.reject(new Error('no such queue'));
  const errors: object[] = [];
  const log = { ...silent, error: (facts: object) => void errors.push(facts) };
  const intake = startIntake(settings(source, { deadLetters: { send }, log: log as never }).all);
  await until('its end', 5, () => ends.length === 2);
  await intake.stop();
  expect(ends.slice(0, 2)).toEqual(['again after 8', 'again after 3600']);
  expect(intake.counts).toMatchObject({ poison: 0, logged: 0, again: 2 });
  expect(errors).toMatchObject([{ receiveCount: 4, error: 'no such queue', body: 'x', bodyBytes: 1 }]);
});

test('logs and deletes a message whose dead letter the queue rejects', async () => {
  const { source, ends } = sourceOf({ body: 'x' });
  const send = () => Promise.reject(new LetterRefusedError('invalid contents'));
  const errors: object[] = [];
  const log = { ...silent, error: (facts: object) => void errors.push(facts) };
  const intake = startIntake(settings(source, { deadLetters: { send }, log: log as never }).all);
  await until('its end', 5, () => ends.length === 1);
  await intake.stop();
  expect(ends[0]).toBe('done');
  expect(intake.counts).toMatchObject({ poison: 1, logged: 1 });
  expect(errors).toMatchObject([{ failureType: 'InvalidEvent', body: 'x', error: 'invalid contents' }]);
  expect(errors[0]).toHaveProperty('sha256');
});

test('a rejected record does not hold up the records after it', async () => {
  const { source, ends } = sourceOf({
    body: { Records: [...file('a').Records, ...file('b').Records] },
    receiveCount: 4,
  });
  const start = async ({ workflowId }: Start) => {
    if (workflowId.includes('/a-')) throw grpcError(13, 'string field contains invalid UTF-8');
    return 'started' as const;
  };
  const { all, letters } = settings(source, { start });
  const intake = startIntake(all);
  await until('its end', 5, () => ends.length === 1);
  await intake.stop();
  expect(intake.counts).toMatchObject({ started: 1, poison: 1 });
  expect(letters).toMatchObject([{ failureType: 'NotStarted' }]);
});

test('a message of many records starts no more pipelines than the limit of open ones', async () => {
  const records = Array.from({ length: 100 }, (_, number) => file(`f${number}`).Records).flat();
  const { source, ends } = sourceOf({ body: { Records: records } });
  let open = 0;
  let most = 0;
  let started = 0;
  const gate = createGate({ maxOpen: 7, count: async () => open, log: silent as never, refreshMs: 5 });
  const start = async () => {
    started += 1;
    most = Math.max(most, ++open);
    // All pipelines end once the limit is reached.
    if (open === 7)
      setTimeout(() => {
        open = 0;
      }, 20);
    return 'started' as const;
  };
  const { all } = settings(source, { start, gate });
  const intake = startIntake(all);
  await until('the limit is reached more than once', 30, () => started >= 21);
  await intake.stop();
  expect(most).toBe(7);
  expect(ends[0]).toBe('again after 0');
});

test('retries a start that Temporal rejects, then sends the message to the dead-letter queue', async () => {
  const { source, ends } = sourceOf({ body: file('a'), receiveCount: 3 }, { body: file('a'), receiveCount: 4 });
  const start = () => Promise.reject(grpcError(3, 'BadSearchAttributes'));
  const { all, letters } = settings(source, { start });
  const intake = startIntake(all);
  await until('both', 5, () => ends.length === 2);
  await intake.stop();
  expect(ends.slice(0, 2).sort()).toEqual(['again after 8', 'done']);
  expect(letters).toMatchObject([
    {
      event: file('a'),
      failureType: 'NotStarted',
      reason: 'rejected 4 times, last error: Failed to start Workflow: BadSearchAttributes',
    },
  ]);
});

test.each([
  [14, 'no connection'],
  [8, 'too many calls'],
  [7, 'no permission'],
  [5, 'no such namespace'],
])('gRPC status %d, %s, never dead-letters a message, however often it is received', async (code, details) => {
  const { source, ends } = sourceOf({ body: file('a'), receiveCount: 1000 });
  let invalidations = 0;
  const gate = { ...openGate(), invalidate: () => void invalidations++ };
  const { all, letters } = settings(source, { start: () => Promise.reject(grpcError(code, details)), gate });
  const intake = startIntake(all);
  await until('its end', 5, () => ends.length === 1);
  await intake.stop();
  expect(ends[0]).toBe('again after 60');
  expect(letters).toEqual([]);
  expect(invalidations).toBe(1);
});

test('starts the valid records of a partly invalid message', async () => {
  const { source, ends } = sourceOf({ body: { Records: [...file('a').Records, {}] } });
  const { all, letters } = settings(source);
  const intake = startIntake(all);
  await until('its end', 5, () => ends.length === 1);
  await intake.stop();
  expect(intake.counts).toMatchObject({ started: 1, poison: 1 });
  expect(letters[0]?.reason).toMatch(/^Records\.1\./);
});

test('limits the messages in flight, and settles them before it stops', async () => {
  const messages = Array.from({ length: 50 }, (_, number) => ({ body: file(`f${number}`) }));
  const { source, ends, asked } = sourceOf(...messages);
  let finish = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let begun = 0;
  const { all } = settings(source, {
    start: async () => {
      begun++;
      await gone;
      return 'started';
    },
  });
  const intake = startIntake(all);
  await until('hands full', 5, () => begun === 20);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  expect(begun).toBe(20);
  expect(asked).toEqual([20, 10]);
  let stopped = false;
  const stopping = intake.stop().then(() => {
    stopped = true;
  });
  await setImmediate();
  expect(stopped).toBe(false);
  finish();
  await stopping;
  expect(ends).toEqual([...Array.from({ length: 20 }, () => 'done'), 'closed']);
});
