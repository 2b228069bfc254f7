import { createHash } from 'node:crypto';
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { cut } from '@etl/lib/capped';
import { parseJsonOr } from '@etl/lib/json';
import { jsonLine } from '@etl/lib/text/json';
import { messageValue } from '@etl/lib/text/messageLine';
import { excerptOf } from '@etl/pipeline/deadLetters/excerpt';
import { isDeadLetterMarker } from '@etl/pipeline/layout';
import type { DeadLetter, KeptLetter, LetterAddress } from '../activities/ports';

const dataType = 'String';
const names = {
  failureType: 'failureType',
  reason: 'reason',
  workflowId: 'workflowId',
  runId: 'runId',
  key: 'letterKey',
  marker: 'letterMarker',
} as const;
const maxReasonLength = 1000;

/**
 * In bytes, attributes included. SQS has accepted 1 MiB since 2025, but older queues may keep the former limit, which
 * is also the default of other implementations.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const maxMessageBytes = 256 * 1024;

/**
 * Returns the message of a letter. Its body is the original event, so that it can be redriven; attributes carry the
 * reason for the failure. An event that does not fit is replaced by an excerpt.
 */
export function messageOf(letter: DeadLetter, address: Partial<LetterAddress>) {
  const { event, ...facts } = letter;
  const values = { ...facts, reason: cut(facts.reason, maxReasonLength), ...address };
  const attributes: Record<string, MessageAttributeValue> = {};
  for (const [field, name] of Object.entries(names)) {
    const value = values[field as keyof typeof names];
    // SQS rejects empty values.
    if (value !== undefined) attributes[name] = { DataType: dataType, StringValue: messageValue(value) || '-' };
  }
  return { MessageBody: bodyOf(event, maxMessageBytes - bytesOf(attributes)), MessageAttributes: attributes };
}

function bodyOf(event: unknown, room: number): string {
  const body = jsonLine(event);
  const bytes = Buffer.byteLength(body);
  if (bytes <= room) return body;
  // A string is the original message, which was not JSON.
  const text = typeof event === 'string' ? event : body;
  const problem = `the event has ${bytes} bytes, more than the ${room} that fit into a dead letter`;
  const original = 'the input of the run, or the message of the source';
  const sha256 = createHash('sha256').update(text).digest('hex');
  return jsonLine(excerptOf(event, { problem, original, bytes, sha256 }, text));
}

/** Returns the size of the attributes in bytes. SQS counts names, types and values. */
function bytesOf(attributes: Readonly<Record<string, MessageAttributeValue>>): number {
  const texts = Object.entries(attributes).flatMap(([name, { StringValue = '' }]) => [name, dataType, StringValue]);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** Parses a message into a letter, whatever sent the message. */
export function letterOf(message: Message): KeptLetter {
  const { MessageId = '', Body = '', MessageAttributes = {} } = message;
  const known = Object.entries(names).flatMap(([field, name]) => {
    const value = MessageAttributes[name]?.StringValue;
    const isMissing = value === undefined || value === '-' || (field === 'marker' && !isDeadLetterMarker(value));
    return isMissing ? [] : [[field, value]];
  });
  const sent = sentMs(message);
  return {
    id: MessageId,
    ...(sent > 0 && { sentAt: new Date(sent).toISOString() }),
    ...Object.fromEntries(known),
    event: parseJsonOr(Body, Body),
  };
}

/** Returns when SQS received a message, in milliseconds since the epoch. */
export function sentMs({ Attributes }: Message): number {
  return Number(Attributes?.SentTimestamp);
}
