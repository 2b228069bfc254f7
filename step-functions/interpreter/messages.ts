import type { Topic } from '@etl/pipeline/definition';
import type { DeadLetters, Notifier } from '../../activities/ports';
import { type ResourceHandler, TaskError } from './interpreter';

type Attributes = Readonly<Record<string, { readonly StringValue: string }>>;

/** @see Amazon SNS API Reference, Publish */
const subjectPattern = /^[\x20-\x7e]{1,99}$/;

/** Creates a handler that maps `sns:publish` to a notifier. The topic is the last part of its ARN. */
export function createPublish(notifier: Notifier): ResourceHandler {
  return async (parameters) => {
    const { TopicArn, Subject, Message, MessageAttributes } = parameters as {
      TopicArn: string;
      Subject: string;
      Message: string;
      MessageAttributes: Attributes;
    };
    if (!subjectPattern.test(Subject)) {
      throw new TaskError('SNS.InvalidParameterException', `Invalid parameter: Subject: ${Subject}`);
    }
    const topic = TopicArn.slice(TopicArn.lastIndexOf(':') + 1) as Topic;
    const attributes = values(MessageAttributes);
    return { MessageId: await notifier.publish({ topic, subject: Subject, body: Message, attributes }) };
  };
}

/**
 * Creates a handler that maps `sqs:sendMessage` to a dead-letter queue: the body is the event, the attributes give the
 * reason.
 */
export function createSendMessage(deadLetters: Pick<DeadLetters, 'send'>): ResourceHandler {
  return async (parameters) => {
    const { MessageBody, MessageAttributes } = parameters as { MessageBody: unknown; MessageAttributes: Attributes };
    const { failureType = '', reason = '', workflowId = '', runId = '' } = values(MessageAttributes);
    return { MessageId: await deadLetters.send({ event: MessageBody, failureType, reason, workflowId, runId }) };
  };
}

function values(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]));
}
