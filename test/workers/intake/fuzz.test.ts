import { setImmediate } from 'node:timers/promises';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import { withinPlaces } from '@etl/pipeline/intake/withinPlaces';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { DeadLetter } from '../../../activities/ports';
import { maxMessageBytes, messageOf } from '../../../aws/sqsLetter';
import { type IntakeSettings, startIntake } from '../../../workers/intake/consume';
import { createGate } from '../../../workers/intake/gate';
import { createStarter } from '../../../workers/intake/startPipeline';
import { type Random, randomFrom } from '../../support/random';
import { until } from '../../support/system';
import { thorough } from '../../support/thorough';
import { watchTurns } from '../../support/turns';
import { type HostileMessage, hostileMessages, password, randomMessage } from './hostileMessages';

const maxReceives = 3;
const maxOpen = 500;
/** The limit of SQS. */
const mostPerReceive = 10;
const randomMessages = 100;
const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };
const allowed = {
  sources: ['s3://raw', 's3://raw-data-lake', 'file:///'],
  destinations: ['s3://clean'],
  rawBase: places.rawBase,
};

/** A queue that redelivers each message until it is settled, and counts the receives. */
function queueOf(messages: readonly HostileMessage[]) {
  const waiting = messages.map(({ body }, index) => ({ id: `m${index}`, body, receiveCount: 0 }));
  const receives = new Map<string, number>();
  const unsettled = new Map(messages.map(({ name }, index) => [`m${index}`, name]));
  const source: EventSource = {
    name: 'memory',
    async receive(limit, signal) {
      await setImmediate();
      if (waiting.length === 0 && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      return waiting.splice(0, Math.min(limit, mostPerReceive)).map((message): Delivery => {
        const receiveCount = message.receiveCount + 1;
        receives.set(message.id, receiveCount);
        return {
          ...message,
          receiveCount,
          done: async () => void unsettled.delete(message.id),
          again: async () => void waiting.push({ ...message, receiveCount }),
        };
      });
    },
    close: async () => undefined,
  };
  return { source, receives, unsettled };
}

/** A stand-in for Temporal's start: encodes the arguments, enforces limits and sometimes rejects. */
function temporal(random: Random) {
  const open = { now: 0, most: 0 };
  const known = new Set<string>();
  const encode = (value: unknown): number => defaultPayloadConverter.toPayload(value).data?.length ?? 0;
  const start = async (type: string, options: { workflowId: string; args: unknown[]; [shown: string]: unknown }) => {
    const { workflowId, args, staticSummary = '', staticDetails = '' } = options;
    await setImmediate();
    for (const argument of args) encode(argument);
    if (workflowId.length > 1000) throw new Error('the workflow ID is too long');
    if (encode(staticSummary) > 400 || encode(staticDetails) > 20_000) throw new Error('what is shown is too long');
    if (random.chance(0.02)) throw new Error('the event cannot be encoded');
    if (known.has(workflowId)) throw new WorkflowExecutionAlreadyStartedError('started before', workflowId, type);
    known.add(workflowId);
    open.most = Math.max(open.most, ++open.now);
    void setImmediate().then(() => open.now--);
  };
  const withDeadline = <T>(_deadline: unknown, work: () => Promise<T>) => work();
  return { client: { withDeadline, workflow: { start } } as unknown as Client, open };
}

/** Accepts dead letters as SQS does, with its size limit and its forbidden characters. */
function letterBox() {
  const letters: DeadLetter[] = [];
  const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
  const send = async (letter: DeadLetter): Promise<string> => {
    const { MessageBody, MessageAttributes } = messageOf(letter, { key: eventKey(letter.event, places) });
    const attributes = Object.values(MessageAttributes).map(({ StringValue = '' }) => StringValue);
    const texts = [MessageBody, ...attributes];
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > maxMessageBytes || texts.some((text) => refused.test(text) || text === '')) {
      throw new Error('SQS would not take this letter');
    }
    await setImmediate();
    letters.push(letter);
    return `l${letters.length}`;
  };
  return { letters, send };
}

/** Keeps every log line. */
function logBook() {
  const lines: string[] = [];
  const write = (...line: unknown[]) => void lines.push(JSON.stringify(line));
  return { lines, log: { debug: write, info: write, warn: write, error: write } };
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

test.each(Array.from({ length: thorough ? 8 : 2 }, (_, seed) => seed + 1))(
  'settles every hostile message and never blocks the worker (seed %d)',
  async (seed) => {
    const random = randomFrom(seed);
    const unheardOf = Array.from({ length: randomMessages }, (_, number) => randomMessage(random, number));
    const messages = shuffled(random, [...hostileMessages, ...unheardOf]);
    const { source, receives, unsettled } = queueOf(messages);
    const { letters, send } = letterBox();
    const { client, open } = temporal(random);
    const { lines, log } = logBook();
    const settings: IntakeSettings = {
      source,
      read: (body, id) => withinPlaces(startsOf(body, id, { timeZone: 'UTC' }, places.rawBase), allowed),
      start: createStarter(client),
      gate: createGate({ maxOpen, count: async () => open.now, log, refreshMs: 1 }),
      deadLetters: { send },
      maxReceives,
      log,
    };
    const turns = watchTurns();
    const intake = startIntake(settings);
    await until('all of them are settled', 100, () => unsettled.size === 0).catch(() => undefined);
    await intake.stop();
    turns.stop();

    expect([...unsettled.values()]).toEqual([]);
    expect(receives.size).toBe(messages.length);
    expect(Math.max(...receives.values())).toBeLessThanOrEqual(maxReceives + 1);
    expect(intake.counts.logged).toBe(0);
    expect(letters.length).toBe(intake.counts.poison);
    // Every possible outcome occurred.
    const { started, duplicates, poison, again, ignored } = intake.counts;
    expect([started, duplicates, poison, again].map((count) => count > 0)).toEqual([true, true, true, true]);
    expect(Object.keys(ignored)).toEqual(expect.arrayContaining(['folder', 'hidden', 'otherName']));
    expect(open.most).toBeLessThanOrEqual(maxOpen);
    expect(turns.longestSeconds).toBeLessThan(1);

    const shown = [...letters.map(({ reason }) => reason), ...lines];
    expect(shown.filter((text) => text.length > 200_000)).toEqual([]);
    expect(shown.filter((text) => text.includes(password))).toEqual([]);
  },
  120_000,
);
