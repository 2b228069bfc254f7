import { capped, cut } from '@etl/lib/capped';
import { JsonError, parseJson, utf8Bytes } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import { shownUri } from '@etl/lib/text/shownUri';
import { formatUri } from '@etl/lib/uri';
import type { z } from 'zod';
import { type EventDetail, parseEvent } from '../event';
import { placeProblem } from '../places';
import { landed, s3OnEventBridge, s3Record } from './forms';
import { type LandedFile, landedObject } from './landedFile';

/** Content of a message. */
export type MessageItem =
  | { readonly kind: 'file'; readonly file: LandedFile }
  /** An event of ours, as received. `id`: assigned by EventBridge. */
  | { readonly kind: 'event'; readonly event: unknown; readonly detail: EventDetail; readonly id?: string }
  | { readonly kind: 'ignored'; readonly reason: 'testEvent' | 'notCreated'; readonly what: string };

export interface Reading {
  readonly items: readonly MessageItem[];
  /** Why the message, or a part of it, is not recognised. One line each. */
  readonly problems: readonly string[];
}

/**
 * Maximum size of an SQS message since 2025, in bytes. @see
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const maxMessageBytes = 1024 * 1024;
/** S3 sends one record per message. */
export const maxRecords = 1000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses a message of any shape: S3's own form, EventBridge's, or an event of ours, each optionally inside an SNS
 * envelope.
 */
export function readMessage(body: string): Reading {
  if (body.length > maxMessageBytes || utf8Bytes(body) > maxMessageBytes)
    return problem(`the message has more than ${maxMessageBytes} bytes`);
  const fields = parseObject(body);
  if (typeof fields === 'string') return problem(`the message ${fields}: ${excerpt(body)}`);
  if (typeof fields.Type !== 'string' || fields.TopicArn === undefined) return readForm(fields, body);
  if (fields.Type === 'Notification' && typeof fields.Message === 'string') {
    const inner = parseObject(fields.Message);
    if (typeof inner !== 'string') return readForm(inner, fields.Message);
    return problem(`the message inside the SNS notification ${inner}: ${excerpt(fields.Message)}`);
  }
  const needed = fields.Type === 'SubscriptionConfirmation' ? ': confirm the subscription' : '';
  return problem(`SNS ${cut(fields.Type, 80)}${needed}`);
}

function readForm(fields: Fields, body: string): Reading {
  if (fields.Event === 's3:TestEvent') return one({ kind: 'ignored', reason: 'testEvent', what: 's3:TestEvent' });
  if (Array.isArray(fields.Records)) return readRecords(fields.Records);
  if (fields.source === 'aws.s3') return readFromEventBridge(fields);
  if ('landed' in fields) return readLanded(fields);
  if ('detail' in fields) return readEvent(fields);
  return problem(`unknown kind of event: ${excerpt(body)}`);
}

function readRecords(records: readonly unknown[]): Reading {
  if (records.length === 0) return problem('Records: is empty');
  if (records.length > maxRecords)
    return problem(`Records: has ${records.length} records, more than the limit of ${maxRecords}`);
  const readings = records.map((record, index) => readRecord(record, `Records.${index}`));
  return {
    items: readings.flatMap(({ items }) => items),
    problems: capped(readings.flatMap(({ problems }) => problems)),
  };
}

function readRecord(record: unknown, path: string): Reading {
  const parsed = s3Record.safeParse(record);
  if (!parsed.success) return problems(parsed.error, path, record);
  const { eventName, eventTime: time, s3 } = parsed.data;
  if (!/^(s3:)?ObjectCreated:/.test(eventName))
    return one({ kind: 'ignored', reason: 'notCreated', what: cut(eventName, 80) });
  const key = decodeKey(s3.object.key);
  if (key === undefined) return problem(`${path}.s3.object.key: ${excerpt(s3.object.key)} is not URL-encoded`);
  const long = placeProblem(formatUri({ kind: 's3', bucket: s3.bucket.name, key }));
  if (long !== undefined) return problem(`${path}.s3.object.key: ${excerpt(key)} ${long}`);
  const { size: bytes, eTag, versionId, sequencer } = s3.object;
  const file = landedObject({ bucket: s3.bucket.name, key, bytes, eTag, versionId, sequencer, time });
  return one({ kind: 'file', file });
}

/** Decodes form encoding, where `+` is a space. Undefined for an invalid encoding. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function readFromEventBridge(fields: Fields): Reading {
  const what = fields['detail-type'];
  if (typeof what === 'string' && what !== 'Object Created')
    return one({ kind: 'ignored', reason: 'notCreated', what: cut(what, 80) });
  const parsed = s3OnEventBridge.safeParse(fields);
  if (!parsed.success) return problems(parsed.error, '', fields);
  const { bucket, object } = parsed.data.detail;
  const { key, size: bytes, etag: eTag, 'version-id': versionId, sequencer } = object;
  const { time } = parsed.data;
  return one({
    kind: 'file',
    file: landedObject({ bucket: bucket.name, key, bytes, eTag, versionId, sequencer, time }),
  });
}

function readLanded(fields: Fields): Reading {
  const parsed = landed.safeParse(fields.landed);
  if (!parsed.success) return problems(parsed.error, 'landed', fields.landed);
  const { landedAt, problem: unreadable, ...file } = parsed.data;
  const more = {
    ...(landedAt !== undefined && { landedAt }),
    ...(unreadable !== undefined && { problem: unreadable }),
  };
  return one({ kind: 'file', file: { ...file, ...more } });
}

function readEvent(event: Fields): Reading {
  const parsed = parseEvent(event);
  if (!parsed.ok) return { items: [], problems: parsed.reasons };
  return one({ kind: 'event', event, detail: parsed.detail, ...(typeof event.id === 'string' && { id: event.id }) });
}

/** Returns the fields of a JSON object, or what the text is instead. */
function parseObject(text: string): Fields | string {
  try {
    const value = parseJson(text);
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    return isObject ? (value as Fields) : 'is not a JSON object';
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
}

const one = (item: MessageItem): Reading => ({ items: [item], problems: [] });
const problem = (text: string): Reading => ({ items: [], problems: [text] });
const problems = (error: z.ZodError, path: string, input: unknown): Reading => ({
  items: [],
  problems: capped(error.issues.flatMap((issue) => describeIssue(issue, path === '' ? [] : path.split('.'), input))),
});

/** Returns the beginning of a text, with special characters escaped and without the credentials of an address. */
const excerpt = (text: string): string => JSON.stringify(shownUri(text).slice(0, 80));
