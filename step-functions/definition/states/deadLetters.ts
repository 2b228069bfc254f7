import { steps } from '@etl/pipeline/definition';
import { messageAttributes } from '../attributes';
import { stateNames } from '../names';
import { context, paths } from '../paths';
import { jsonText, reference } from '../references';
import type { MachineSettings } from '../settings';
import type { State } from '../types';
import { sending } from './sending';

/**
 * Returns the states that send dead letters. The body is the original event, so that it can be redriven; attributes
 * carry the reason for the failure.
 */
export function deadLetters({ deadLetterQueueUrl }: MachineSettings): Record<string, State> {
  const invalid = { failureType: 'InvalidInput', reason: reference(jsonText(`${paths.validation}.reasons`)) };
  const failed = { failureType: reference(`${paths.failure}.type`), reason: reference(`${paths.failure}.reason`) };
  return {
    [stateNames.keepInvalid]: send('keepInvalid', deadLetterQueueUrl, invalid),
    [stateNames.keepFailed]: send('keepFailed', deadLetterQueueUrl, failed),
  };
}

function send(stage: 'keepInvalid' | 'keepFailed', queueUrl: string, why: Readonly<Record<string, string>>): State {
  const attributes = {
    ...why,
    workflowId: reference(context.executionArn),
    runId: reference(context.executionName),
  };
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: {
      QueueUrl: queueUrl,
      'MessageBody.$': context.event,
      MessageAttributes: messageAttributes(attributes),
    },
    ...sending(stage, steps.sendToDeadLetters, paths.deadLetter),
  };
}
