import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterBox } from '../activities/ports';
import { letterOf } from './sqsLetter';
import { createSqsQueue, maxPerCall } from './sqsQueue';

/** Visibility timeout in seconds, which applies if this process dies while it inspects letters. */
const hiddenSeconds = 300;
/** Empty receives after which the queue counts as empty. SQS samples only some of its servers per receive. */
const emptyAnswers = 2;

/** Creates a box over the queue that `createSqsDeadLetters` sends to. It also shows foreign messages in that queue. */
export function createSqsDeadLetterBox(client: SQSClient, queueUrl: string): Omit<DeadLetterBox, 'detach'> {
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
        .map(letterOf)
        .sort((one, other) => (one.sentAt ?? '').localeCompare(other.sentAt ?? ''));
    },
    async remove({ id }) {
      const message = held.get(id);
      if (!message) throw new Error(`dead letter ${id} was not listed`);
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
