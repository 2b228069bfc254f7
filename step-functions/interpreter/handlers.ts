import { createFileDeadLetters, createOutboxNotifier } from '../../local/outbox';
import { createRunTask, type RunTaskSettings } from './ecsRunTask';
import type { ResourceHandler } from './interpreter';
import { createLambdaInvoke, type LambdaFunction } from './lambdaInvoke';
import { createPublish, createSendMessage } from './messages';

export interface HandlerSettings extends RunTaskSettings {
  /** By the names that the machine uses. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Folder of messages. */
  readonly outbox: string;
  readonly deadLetters: string;
}

/**
 * Creates stand-ins for every service that the state machine calls: real functions, real tasks, and files for messages.
 */
export function createHandlers(settings: HandlerSettings): Readonly<Record<string, ResourceHandler>> {
  return {
    'arn:aws:states:::lambda:invoke': createLambdaInvoke(settings.functions),
    'arn:aws:states:::ecs:runTask.sync': createRunTask(settings),
    'arn:aws:states:::sns:publish': createPublish(createOutboxNotifier(settings.outbox, () => undefined)),
    'arn:aws:states:::sqs:sendMessage': createSendMessage(createFileDeadLetters(settings.deadLetters)),
  };
}
