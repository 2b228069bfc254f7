import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterBox, KeptLetter } from '../activities/ports';
import { createSqsQueue, maxPerCall } from './sqsQueue';

/** How long letters are hidden from others while somebody looks through them, if this process dies. */
const hiddenSeconds = 300;
/** SQS asks only some of its servers at a time: a queue that gives nothing this often has nothing. */
const emptyAnswers = 2;

/** The letters that `createSqsDeadLetters` sends, and whatever else is in their queue. */
export function createSqsDeadLetterBox(client: SQSClient, queueUrl: string): DeadLetterBox {
  const queue = createSqsQueue(client, queueUrl);
  const held = new Map<string, Message>();
  return {
    name: queueUrl,
    async list(limit) {
      for (let empty = 0; held.size < limit && empty < emptyAnswers; ) {
        const room = Math.min(limit - held.size, maxPerCall);
        const messages = await queue.receive({ limit: room, waitSeconds: 1, hiddenSeconds });
        for (const message of messages) held.set(message.MessageId ?? '', message);
        empty = messages.length === 0 ? empty + 1 : 0;
      }
      return [...held.values()]
        .map(asLetter)
        .sort((one, other) => (one.sentAt ?? '').localeCompare(other.sentAt ?? ''));
    },
    async remove({ id }) {
      const message = held.get(id);
      if (!message) throw new Error(`the letter ${id} was not listed`);
      await queue.remove([message]);
      held.delete(id);
    },
    async close() {
      const left = [...held.values()];
      held.clear();
      await queue.hide(left, 0);
    },
  };
}

function asLetter({ MessageId = '', Body = '', Attributes, MessageAttributes = {} }: Message): KeptLetter {
  const names = ['failureType', 'reason', 'workflowId', 'runId'] as const;
  const known = names.flatMap((name) => {
    const value = MessageAttributes[name]?.StringValue;
    return value === undefined || value === '-' ? [] : [[name, value]];
  });
  const sent = Number(Attributes?.SentTimestamp);
  return {
    id: MessageId,
    ...(sent > 0 && { sentAt: new Date(sent).toISOString() }),
    ...Object.fromEntries(known),
    event: parsed(Body),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
