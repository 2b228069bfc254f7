import { steps } from '@etl/pipeline/definition';
import { noEvidence } from '@etl/pipeline/evidence';
import type { FailureType } from '@etl/pipeline/failures/table';
import { composeMessage } from '@etl/pipeline/messages/compose';
import { languages, type MessageLanguage } from '@etl/pipeline/messages/languages';
import type { Outcome } from '@etl/pipeline/messages/outcome';
import { messageAttributes } from '../attributes';
import { stateNames } from '../names';
import { context, paths } from '../paths';
import { entry, jsonText, numberAsText, numberReference, reference } from '../references';
import type { MachineSettings } from '../settings';
import type { State } from '../types';
import { sending } from './sending';

/**
 * Returns the states that notify. The workflow's own code composes the messages, with references for values known only
 * at run time.
 */
export function notify(settings: MachineSettings): Record<string, State> {
  const { successTopicArn, alertsTopicArn, messageLanguage: language } = settings;
  const { titles } = languages[language];
  const failureTitle = (batch: string) => titles.failure(batch, reference(`${paths.failure}.type`));
  const ofFailure = `${paths.failure}.batch`;
  return {
    [stateNames.notifySuccess]: publish('notifySuccess', successTopicArn, {
      language,
      outcome: success(),
      batchPath: paths.batch,
      title: titles.success,
    }),
    [stateNames.notifyInvalid]: publish('notifyInvalid', alertsTopicArn, {
      language,
      outcome: invalid(),
      batchPath: paths.batch,
      title: titles.invalid,
    }),
    [stateNames.notifyFailure]: publish('notifyFailure', alertsTopicArn, {
      language,
      outcome: failure(),
      batchPath: ofFailure,
      title: failureTitle,
    }),
  };
}

interface Notification {
  readonly language: MessageLanguage;
  readonly outcome: Outcome;
  readonly batchPath: string;
  readonly title: (batch: string) => string;
}

function publish(
  stage: 'notifySuccess' | 'notifyInvalid' | 'notifyFailure',
  topicArn: string,
  { language, outcome, batchPath, title }: Notification,
): State {
  const batch = {
    dataset: reference(`${batchPath}.dataset`),
    batchDate: reference(`${batchPath}.batchDate`),
    source: reference(`${batchPath}.source`),
  };
  const subject = { workflowId: reference(context.executionArn), runId: reference(context.executionName), ...batch };
  const { body, attributes } = composeMessage(outcome, subject, { language, runUrl: consolePage() });
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Parameters: {
      TopicArn: topicArn,
      // The date alone: a name can be as long as the longest subject, and a machine cannot shorten it.
      ...entry('Subject', title(batch.batchDate)),
      ...entry('Message', body),
      MessageAttributes: messageAttributes(attributes),
    },
    ...sending(stage, steps.notify, paths.notification),
  };
}

function success(): Outcome {
  const answer = `${paths.delivered}.answer`;
  const applied = `${paths.delivered}.sinks.outcomes`;
  const total = (name: string) => numberReference(numberAsText(`${answer}.totals.${name}`));
  return {
    kind: 'success',
    totals: {
      rowsRead: total('rowsRead'),
      rowsWritten: total('rowsWritten'),
      rowsBlank: total('rowsBlank'),
      rowsRejected: total('rowsRejected'),
      datesCoerced: total('datesCoerced'),
    },
    parts: numberReference(numberAsText(`${answer}.parts`)),
    published: reference(`${answer}.published`),
    // The number of sinks is only known at run time: one fact has them all.
    sinks: [
      {
        sink: reference(`States.ArrayLength(${applied})`),
        state: 'applied',
        commit: 0,
        detail: reference(jsonText(applied)),
      },
    ],
    warnings: [reference(jsonText(`${answer}.warnings`))],
  };
}

function invalid(): Outcome {
  return { kind: 'invalid', reasons: [reference(jsonText(`${paths.validation}.reasons`))] };
}

function failure(): Outcome {
  return {
    kind: 'failure',
    failureType: reference(`${paths.failure}.type`) as FailureType,
    reason: reference(`${paths.failure}.reason`),
    evidence: noEvidence,
  };
}

/** Returns the URL of the execution in the console. The region comes from the execution's ARN. */
function consolePage(): string {
  const arn = context.executionArn;
  const region = reference(`States.ArrayGetItem(States.StringSplit(${arn}, ':'), 3)`);
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${reference(arn)}`;
}
