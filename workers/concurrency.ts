import type { AwsService } from '@etl/pipeline/awsClients';
import { maxChecks } from '../activities/listFiles';
import type { Config } from '../config/environment';
import { maxInHand } from './intake/consume';
import { lightConcurrency } from './lightLane';

/**
 * Activities at once of one worker, by task queue; those of the light lane are configured. A long wait is a timer and a share of a
 * DescribeTasks call, so that many fit.
 */
export const slots = { main: 100, launches: 100, waits: 2000 } as const;

/** Calls beside the activities: the polls of queues, and what a command or the start of a worker asks. */
const others = 10;

/** Returns how many calls to each service one worker has under way at the same time, at most. */
export function callsAtOnce(config: Config): Readonly<Record<Exclude<AwsService, 'sfn' | 'kms'>, number>> {
  const { main, launches, waits } = slots;
  const light = lightConcurrency(config);
  return {
    ecs: main + launches + waits + others,
    lambda: light + others,
    sns: main + others,
    sqs: main + maxInHand + others,
    s3: main * maxChecks + launches + waits + light + maxInHand + others,
    logs: waits + others,
  };
}
