import { createHash } from 'node:crypto';
import { isExcerpt } from '@etl/pipeline/deadLetters/excerpt';
import { deadLetterMarker } from '@etl/pipeline/layout';
import { letterOf, maxMessageBytes, messageOf } from '../../aws/sqsLetter';

const letter = { event: {}, failureType: 'BadData', reason: 'r', workflowId: 'w', runId: 'run' };
const read = (marker: string) => letterOf({ MessageId: 'm', ...withBody(messageOf(letter, { key: 'k', marker })) });
const withBody = ({ MessageBody: Body, ...rest }: ReturnType<typeof messageOf>) => ({ Body, ...rest });

test('a letter carries the URI of its marker', () => {
  for (const base of ['s3://clean-data-lake', 's3://clean-data-lake/team', 'file:///lake']) {
    const marker = deadLetterMarker(base, '0123456789abcdef0123456789abcdef');
    expect(read(marker)).toMatchObject({ key: 'k', marker });
  }
});

test.each([
  's3://raw-data-lake/ventas/dia.csv',
  's3://clean-data-lake/_etl/ventas/2026-02-08/dia/commits/000001.json',
  's3://clean-data-lake/_etl/_dead/../ventas.json',
  's3://clean-data-lake/_etl/_dead/a/b.json',
  's3://clean-data-lake/_dead/k.json',
  'file:///lake/_etl/_dead/../../secret.json',
  'file:///etc/passwd',
  'k.json',
])('a message cannot name another object as its marker, which a redrive would remove: %s', (marker) => {
  expect(read(marker)).not.toHaveProperty('marker');
});

const facts = { failureType: 'InvalidEvent', reason: 'r', workflowId: 'w', runId: 'r' };
const address = { key: 'k', marker: 's3://clean/_etl/_dead/k.json' };
const bytesOf = ({ MessageBody, MessageAttributes }: ReturnType<typeof messageOf>): number =>
  Object.entries(MessageAttributes)
    .flatMap(([name, { DataType = '', StringValue = '' }]) => [name, DataType, StringValue])
    .reduce((sum, text) => sum + Buffer.byteLength(text), Buffer.byteLength(MessageBody));
/** Characters that SQS accepts: these characters of XML 1.0 only. */
const taken = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

test.each<[string, unknown]>([
  ['an event', { detail: { s3Key: 's3://raw/a.csv' } }],
  ['an event that fills the message', { detail: 'x'.repeat(maxMessageBytes - 400) }],
  ['an event without room for attributes', { detail: 'x'.repeat(maxMessageBytes - 14) }],
  ['an event of a megabyte', { detail: { s3Key: 's3://raw/a.csv', batchDate: '2026-02-08', x: 'ñ'.repeat(500_000) } }],
  ['text that is not JSON', '\u0000"'.repeat(400_000)],
  ['characters that JSON does not escape', { a: '\ufffe\uffff\ud800' }],
  ['nothing', undefined],
])('SQS accepts the letter of %s', (_, event) => {
  const hostile = { ...facts, reason: `\u0000\u001f\ufffe\ud800${'ñ'.repeat(5000)}`, workflowId: '\u0007', runId: '' };
  const message = messageOf({ event, ...hostile }, address);
  expect(bytesOf(message)).toBeLessThanOrEqual(maxMessageBytes);
  const texts = Object.values(message.MessageAttributes).map(({ StringValue }) => StringValue ?? '');
  for (const text of [message.MessageBody, ...texts]) {
    expect(text).toMatch(taken);
    expect(text).not.toBe('');
  }
});

test('keeps an event that fits, whatever its characters', () => {
  for (const event of [{ a: '\ufffe\uffff\u0000' }, 'text', null, { detail: 'x'.repeat(maxMessageBytes - 1000) }]) {
    const { MessageBody, MessageAttributes } = messageOf({ event, ...facts }, address);
    expect(letterOf({ Body: MessageBody, MessageAttributes }).event).toEqual(event);
  }
});

test('replaces an event that does not fit with an excerpt that identifies it', () => {
  const event = { detail: { s3Key: 's3://raw/a.csv', batchDate: '2026-02-08', x: 'y'.repeat(300_000) } };
  const { MessageBody } = messageOf({ event, ...facts }, address);
  const kept = JSON.parse(MessageBody) as unknown;
  expect(isExcerpt(kept)).toBe(true);
  expect(kept).toMatchObject({
    excerpt: {
      problem: expect.stringMatching(
        /^the event has 3000\d\d bytes, more than the 26\d{4} that fit into a dead letter$/,
      ),
      original: expect.stringContaining('input of the run'),
      sha256: createHash('sha256').update(JSON.stringify(event)).digest('hex'),
      s3Key: 's3://raw/a.csv',
      batchDate: '2026-02-08',
      beginning: expect.stringMatching(/^\{"detail"/),
    },
  });
});

test('reads JSON that is nested too deeply as text', () => {
  const Body = '['.repeat(50_000) + ']'.repeat(50_000);
  expect(letterOf({ Body }).event).toBe(Body);
});
