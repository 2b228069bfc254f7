import { etlContainerName } from '@etl/ecs/container';
import { parseJsonOr } from '@etl/lib/json';
import * as z from 'zod';

/** A state change of a task, with the run it belongs to if the event names one. */
export interface StateChange {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly workflowId?: string;
  readonly runId?: string;
}

/** In characters, as in the AWS SDKs. */
const maxArnLength = 2048;
const maxStatusLength = 64;

const event = z.looseObject({
  source: z.literal('aws.ecs'),
  'detail-type': z.literal('ECS Task State Change'),
  detail: z.looseObject({
    taskArn: z.string().startsWith('arn:').max(maxArnLength),
    lastStatus: z.string().max(maxStatusLength),
    desiredStatus: z.string().max(maxStatusLength),
    overrides: z
      .looseObject({
        containerOverrides: z
          .array(
            z.looseObject({
              name: z.string().optional(),
              environment: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
            }),
          )
          .optional(),
      })
      .optional(),
  }),
});

/** An SNS envelope. SNS wraps the original text unless raw message delivery is on. */
const notification = z.looseObject({ Type: z.literal('Notification'), Message: z.string() });

/**
 * Parses the body of an EventBridge message, delivered by SNS or directly. Returns undefined for anything else.
 * @see Amazon ECS Developer Guide, Amazon ECS task state change events
 */
export function parseStateChange(body: string): StateChange | undefined {
  const json = parseJsonOr(body, undefined);
  const wrapped = notification.safeParse(json);
  const parsed = event.safeParse(wrapped.success ? parseJsonOr(wrapped.data.Message, undefined) : json);
  if (!parsed.success) return undefined;
  const { taskArn, lastStatus, desiredStatus, overrides } = parsed.data.detail;
  const container = overrides?.containerOverrides?.find(({ name }) => name === etlContainerName);
  const variable = (wanted: string) => container?.environment?.find(({ name }) => name === wanted)?.value;
  const workflowId = variable('WORKFLOW_ID');
  const runId = variable('RUN_ID');
  return {
    taskArn,
    lastStatus,
    desiredStatus,
    ...(workflowId !== undefined && { workflowId }),
    ...(runId !== undefined && { runId }),
  };
}
