import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { isDeadLetterMarker } from '@etl/pipeline/layout';
import { jsonLine } from '@etl/pipeline/text/json';
import { messageValue } from '@etl/pipeline/text/messageLine';
import type { DeadLetter, KeptLetter, LetterAddress } from '../activities/ports';

const names = {
  failureType: 'failureType',
  reason: 'reason',
  workflowId: 'workflowId',
  runId: 'runId',
  key: 'letterKey',
  marker: 'letterMarker',
} as const;
const maxReasonLength = 1000;

/** The event is the body of a letter's message, as it came, so that it can be started again; why it is there, its attributes. */
export function messageOf(letter: DeadLetter, address: Partial<LetterAddress>) {
  const { event, ...facts } = letter;
  const values = { ...facts, reason: facts.reason.slice(0, maxReasonLength), ...address };
  const attributes: Record<string, MessageAttributeValue> = {};
  for (const [field, name] of Object.entries(names)) {
    const value = values[field as keyof typeof names];
    // SQS takes no empty value.
    if (value !== undefined) attributes[name] = { DataType: 'String', StringValue: messageValue(value) || '-' };
  }
  return { MessageBody: jsonLine(event), MessageAttributes: attributes };
}

/** A message as a letter, whoever has sent it. */
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
    event: parsed(Body),
  };
}

/** When SQS has received a message, in milliseconds since the epoch. */
export function sentMs({ Attributes }: Message): number {
  return Number(Attributes?.SentTimestamp);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
