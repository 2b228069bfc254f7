import { type Message, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type LetterQueue, LetterRefusedError } from '../activities/ports';
import { describeQueue, totalOf } from './sqsDepth';
import { letterOf, messageOf, sentMs } from './sqsLetter';
import { createSqsQueue, maxPerCall } from './sqsQueue';

/** Bounds of a search. `hiddenSeconds` is the visibility timeout, which applies if the search dies. */
const search = { messages: 200, milliseconds: 8_000, hiddenSeconds: 30, emptyAnswers: 2 } as const;

/** Creates a dead-letter queue on SQS. */
export function createSqsDeadLetters(client: SQSClient, queueUrl: string): LetterQueue {
  const queue = createSqsQueue(client, queueUrl);
  return {
    async send(letter, address) {
      const message = messageOf(letter, address ?? {});
      try {
        const response = await client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...message }));
        return response.MessageId ?? '';
      } catch (error) {
        if (!isAboutContents(error as Error)) throw error;
        const { name, message: text } = error as Error;
        throw new LetterRefusedError(`${queueUrl} rejected the dead letter: ${name}: ${text}`, { cause: error });
      }
    },
    async state() {
      const found = await describeQueue(client, queueUrl, 'MessageRetentionPeriod').catch(() => undefined);
      if (found?.attributes.MessageRetentionPeriod === undefined) return undefined;
      return { retentionSeconds: Number(found.attributes.MessageRetentionPeriod), letters: totalOf(found.depth) };
    },
    async removeSent(key, letterId) {
      const inHand: Message[] = [];
      const removed: Message[] = [];
      const found = () => inHand.find(({ MessageId }) => MessageId === letterId);
      try {
        const deadline = performance.now() + search.milliseconds;
        for (let empty = 0; !found() && empty < search.emptyAnswers && inHand.length < search.messages; ) {
          if (performance.now() > deadline) break;
          const { hiddenSeconds } = search;
          const messages = await queue.receive({ limit: maxPerCall, waitSeconds: 1, hiddenSeconds });
          inHand.push(...messages);
          empty = messages.length === 0 ? empty + 1 : 0;
        }
        const letter = found();
        if (letter) {
          // Letters sent later belong to later failures.
          const isOver = (each: Message) => letterOf(each).key === key && sentMs(each) <= sentMs(letter);
          removed.push(letter, ...inHand.filter((each) => each !== letter && isOver(each)));
          await queue.remove(removed);
        }
        return letter !== undefined;
      } finally {
        await queue.hide(
          inHand.filter((each) => !removed.includes(each)),
          0,
        );
      }
    },
  };
}

/**
 * Returns whether SQS would reject the same message again, however its queue is configured.
 * @see Amazon SQS API Reference, SendMessage
 */
function isAboutContents({ name, message }: Error): boolean {
  return name === 'InvalidMessageContents' || (name === 'InvalidParameterValue' && /must be shorter/.test(message));
}
