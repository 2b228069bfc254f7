import type { z } from 'zod';
import { type EventDetail, parseEvent } from '../event';
import { describeIssue } from '../schemaIssues';
import { shownUri } from '../text/shownUri';
import { landed, s3OnEventBridge, s3Record } from './forms';
import { type LandedFile, landedObject } from './landedFile';

/** What a message says. */
export type News =
  | { readonly kind: 'file'; readonly file: LandedFile }
  /** An event of ours, as it came. `id`: what EventBridge gave it. */
  | { readonly kind: 'event'; readonly event: unknown; readonly detail: EventDetail; readonly id?: string }
  | { readonly kind: 'ignored'; readonly reason: 'testEvent' | 'notCreated'; readonly what: string };

export interface Reading {
  readonly news: readonly News[];
  /** Why a part of the message, or all of it, is nothing that is known. One line each. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a message of any shape: S3's own form, EventBridge's, an event of ours, each also inside an envelope of SNS. */
export function readMessage(body: string): Reading {
  const fields = parseObject(body);
  if (fields === undefined) return problem(`the message is no JSON object: ${excerpt(body)}`);
  if (typeof fields.Type !== 'string' || fields.TopicArn === undefined) return readForm(fields, body);
  if (fields.Type === 'Notification' && typeof fields.Message === 'string') {
    const inner = parseObject(fields.Message);
    return inner ? readForm(inner, fields.Message) : problem(`SNS brings no JSON object: ${excerpt(fields.Message)}`);
  }
  const needed = fields.Type === 'SubscriptionConfirmation' ? ': the subscription waits to be confirmed' : '';
  return problem(`SNS ${fields.Type}${needed}`);
}

function readForm(fields: Fields, body: string): Reading {
  if (fields.Event === 's3:TestEvent') return one({ kind: 'ignored', reason: 'testEvent', what: 's3:TestEvent' });
  if (Array.isArray(fields.Records)) return readRecords(fields.Records);
  if (fields.source === 'aws.s3') return readFromEventBridge(fields);
  if ('landed' in fields) return readLanded(fields);
  if ('detail' in fields) return readOurs(fields);
  return problem(`no kind of event that is known: ${excerpt(body)}`);
}

function readRecords(records: readonly unknown[]): Reading {
  if (records.length === 0) return problem('Records: is empty');
  const readings = records.map((record, index) => readRecord(record, `Records.${index}`));
  return { news: readings.flatMap(({ news }) => news), problems: readings.flatMap(({ problems }) => problems) };
}

function readRecord(record: unknown, path: string): Reading {
  const parsed = s3Record.safeParse(record);
  if (!parsed.success) return problems(parsed.error, path, record);
  const { eventName, eventTime: time, s3 } = parsed.data;
  if (!/^(s3:)?ObjectCreated:/.test(eventName)) return one({ kind: 'ignored', reason: 'notCreated', what: eventName });
  const key = decodeKey(s3.object.key);
  if (key === undefined) return problem(`${path}.s3.object.key: ${excerpt(s3.object.key)} is not URL-encoded`);
  const { size: bytes, eTag, versionId, sequencer } = s3.object;
  const file = landedObject({ bucket: s3.bucket.name, key, bytes, eTag, versionId, sequencer, time });
  return one({ kind: 'file', file });
}

/** As forms are encoded: `+` is a space. Undefined for what decodes to nothing. */
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
    return one({ kind: 'ignored', reason: 'notCreated', what });
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

function readOurs(event: Fields): Reading {
  const parsed = parseEvent(event);
  if (!parsed.ok) return { news: [], problems: parsed.reasons };
  return one({ kind: 'event', event, detail: parsed.detail, ...(typeof event.id === 'string' && { id: event.id }) });
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const one = (news: News): Reading => ({ news: [news], problems: [] });
const problem = (text: string): Reading => ({ news: [], problems: [text] });
const problems = (error: z.ZodError, path: string, input: unknown): Reading => ({
  news: [],
  problems: error.issues.flatMap((issue) => describeIssue(issue, path === '' ? [] : path.split('.'), input)),
});

/** The beginning, with everything that is no plain character escaped, and without credentials of an address. */
const excerpt = (text: string): string => JSON.stringify(shownUri(text).slice(0, 80));
