import { setImmediate } from 'node:timers/promises';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import type { DeadLetter } from '../../../activities/ports';
import { maxMessageBytes, messageOf } from '../../../aws/sqsLetter';
import { type IntakeSettings, startIntake } from '../../../workers/intake/consume';
import { createGate } from '../../../workers/intake/gate';
import { type Random, randomFrom } from '../../support/random';
import { created, onEventBridge, s3Object, sns } from '../../support/s3Events';
import { until } from '../../support/system';
import { thorough } from '../../support/thorough';

const maxReceives = 3;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };

/** A queue that brings each message again until it is settled, and counts its receives. */
function queueOf(bodies: readonly string[]) {
  const waiting = bodies.map((body, index) => ({ id: `m${index}`, body, receiveCount: 0 }));
  const receives = new Map<string, number>();
  const settled = new Set<string>();
  const source: EventSource = {
    name: 'memory',
    async receive(limit, signal) {
      await setImmediate();
      if (waiting.length === 0 && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      return waiting.splice(0, limit).map((message): Delivery => {
        const receiveCount = message.receiveCount + 1;
        receives.set(message.id, receiveCount);
        return {
          ...message,
          receiveCount,
          done: async () => void settled.add(message.id),
          again: async () => void waiting.push({ ...message, receiveCount }),
        };
      });
    },
    close: async () => undefined,
  };
  return { source, receives, settled };
}

const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
const odd = ['\u0000', '\u001b[2J', '\ufffe', '\ud800', '\u202e', '__proto__', 'constructor', '../..', '%ff', '_', '/'];

/** A text that is hostile in one way or another, and of any length. */
function hostileText(random: Random): string {
  const lengths = [0, 1, 3, 80, 1000, 1025, 5000, 200_000];
  const piece = random.pick(['a', 'ñ', '\u0301', '.', ' ', '1', '2026-02-08/', '%7B', '"', '\\', ...odd]);
  const text = piece.repeat(random.pick(lengths) / piece.length);
  return random.chance(0.5) ? `${text}.csv` : text;
}

function hostileValue(random: Random): unknown {
  const values = [null, true, 0, -1, 1e308, '', [], {}, JSON.parse('{"__proto__":{"a":1}}'), [[]]];
  return random.chance(0.5) ? hostileText(random) : random.pick(values);
}

/** A message that is known, with some of it replaced. */
function mutated(random: Random, message: unknown, share: number): unknown {
  if (random.chance(share)) return hostileValue(random);
  if (Array.isArray(message)) return message.map((each) => mutated(random, each, share));
  if (message === null || typeof message !== 'object') return message;
  const fields = Object.entries(message).map(([key, value]) => [key, mutated(random, value, share)]);
  if (random.chance(share)) fields.push([hostileText(random), hostileValue(random)]);
  return Object.fromEntries(fields);
}

function records(keys: readonly string[], count: number): string {
  const all = Array.from({ length: count }, (_, n) => created(s3Object({ key: keys[n % keys.length] ?? '' })).Records);
  return JSON.stringify({ Records: all.flat() });
}

function hostileBody(random: Random): string {
  const key = random.chance(0.5) ? hostileText(random) : 'ventas/a.csv';
  const event = { detail: { s3Key: key, batchDate: '2026-02-08', columns: { [key]: 'text' }, compute: {} } };
  const landed = { landed: { uri: `s3://raw/${key}`, key, mark: key } };
  const bodies: (() => string)[] = [
    () => nested(50_000, '[', ']'),
    () => nested(50_000, '{"detail":', '}'),
    () => `{"Records":[${nested(50_000, '{"s3":', '}')}]}`,
    () => JSON.stringify({ detail: JSON.parse(nested(1000, '[', ']')) as unknown }),
    () => JSON.stringify(sns(nested(50_000, '[', ']'))),
    () => records([key], 1),
    () => records(['ventas/a.csv', '/', '_', 'no date', key.slice(0, 200)], random.pick([20, 100, 1001])),
    () => JSON.stringify(mutated(random, created(s3Object({ key: `f${random.below(20)}.csv` })), 0.05)),
    () => JSON.stringify(mutated(random, onEventBridge({ key: `f${random.below(20)}.csv` }), 0.05)),
    () => JSON.stringify(mutated(random, sns(mutated(random, event, 0.05)), 0.02)),
    () => JSON.stringify(mutated(random, event, 0.05)),
    () => JSON.stringify(mutated(random, landed, 0.05)),
    () => JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key${n}`, n]))),
    () => JSON.stringify({ detail: { s3Key: 'a.csv', batchDate: '2026-02-08', dialect: hostileValue(random) } }),
    () => hostileText(random),
    () => 'x'.repeat(1_100_000),
  ];
  // No queue holds more.
  return random.pick(bodies)().slice(0, 1_100_000);
}

/** Measures the longest piece of work, in seconds of the processor. */
function stopwatch() {
  let seconds = 0;
  return {
    get seconds() {
      return seconds;
    },
    of<T>(work: () => T): T {
      const begun = process.cpuUsage();
      const result = work();
      const { user, system } = process.cpuUsage(begun);
      seconds = Math.max(seconds, (user + system) / 1e6);
      return result;
    },
  };
}

/** Takes letters as a queue of SQS does: nothing above its size, and no character that it refuses. */
function letterBox(longest: ReturnType<typeof stopwatch>) {
  const letters: DeadLetter[] = [];
  const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
  const send = async (letter: DeadLetter): Promise<string> => {
    const { MessageBody, MessageAttributes } = longest.of(() =>
      messageOf(letter, { key: eventKey(letter.event, places) }),
    );
    const attributes = Object.values(MessageAttributes).map(({ StringValue = '' }) => StringValue);
    const texts = [MessageBody, ...attributes];
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > maxMessageBytes || texts.some((text) => refused.test(text) || text === '')) {
      throw new Error('SQS would not take this letter');
    }
    letters.push(letter);
    return `l${letters.length}`;
  };
  return { letters, send };
}

test.each(Array.from({ length: thorough ? 20 : 2 }, (_, seed) => seed + 1))(
  'hostile messages: each one settles, and none holds up the worker (seed %d)',
  async (seed) => {
    const random = randomFrom(seed);
    const bodies = Array.from({ length: 100 }, () => hostileBody(random));
    const { source, receives, settled } = queueOf(bodies);
    const longest = stopwatch();
    const { letters, send } = letterBox(longest);
    let open = 0;
    let most = 0;
    const settings: IntakeSettings = {
      source,
      read: (body, id) => longest.of(() => startsOf(body, id, { timeZone: 'UTC' }, 's3://raw')),
      start: async ({ event, workflowId }) => {
        // As Temporal does: an event is serialised, and an ID has 1,000 characters at most.
        JSON.stringify(event);
        if (workflowId.length > 1000) throw new Error('the workflow ID is too long');
        if (random.chance(0.05)) throw new Error('the event cannot be encoded');
        most = Math.max(most, ++open);
        void setImmediate().then(() => open--);
        return 'started';
      },
      gate: createGate({ maxOpen: 500, count: async () => open, log: silent as never, lookMs: 1 }),
      deadLetters: { send },
      maxReceives,
      log: silent,
    };
    const intake = startIntake(settings);
    await until('all of them settled', 100, () => settled.size === bodies.length);
    await intake.stop();
    expect(Math.max(...receives.values())).toBeLessThanOrEqual(maxReceives + 1);
    expect(intake.counts.logged).toBe(0);
    expect(letters.length).toBe(intake.counts.poison);
    expect(most).toBeLessThanOrEqual(500);
    expect(letters.every(({ reason }) => reason.length < 200_000)).toBe(true);
    // By the processor's time, since others use this machine too: so long the worker does nothing else.
    expect(longest.seconds).toBeLessThan(1);
  },
  120_000,
);
