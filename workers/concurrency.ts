import type { AwsService } from '@etl/pipeline/awsClients';
import { maxChecks } from '../activities/listFiles';
import type { Config } from '../config/environment';
import { maxInHand } from './intake/consume';
import { lightConcurrency } from './lightLane';

/**
 * Maximum of concurrent activities of one worker, by task queue; that of the light lane is configured. A wait costs
 * only a timer and a share of a DescribeTasks call, so its limit is high.
 */
export const slots = { main: 100, launches: 100, waits: 2000 } as const;

/** Calls outside activities: the polls of queues, and the calls of a command or a worker's start. */
const others = 10;

/** Returns the maximum of concurrent calls of one worker to each service. */
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
