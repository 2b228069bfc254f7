import type { AwsService } from '@etl/pipeline/awsClients';
import { maxChecks } from '../activities/listFiles';
import type { Config } from '../config/environment';
import { maxInFlight } from './intake/consume';
import { lightConcurrency } from './lightLane';

/**
 * Maximum of concurrent activities of one worker, by task queue; that of the light lane is configured. A wait costs
 * only a timer and a share of a DescribeTasks call, so its limit is high.
 */
export const slots = { main: 100, launches: 100, waits: 2000 } as const;

/** Calls outside activities: the polls of queues, and the calls of a command or a worker's start. */
const otherCalls = 10;

/** Returns the maximum of concurrent calls of one worker to each service. */
export function maxConcurrentCalls(config: Config): Readonly<Record<Exclude<AwsService, 'sfn' | 'kms'>, number>> {
  const { main, launches, waits } = slots;
  const light = lightConcurrency(config);
  return {
    ecs: main + launches + waits + otherCalls,
    glue: main + otherCalls,
    lambda: light + otherCalls,
    'redshift-data': main + waits + otherCalls,
    sns: main + otherCalls,
    sqs: main + maxInFlight + otherCalls,
    s3: main * maxChecks + launches + waits + light + maxInFlight + otherCalls,
    logs: waits + otherCalls,
  };
}
