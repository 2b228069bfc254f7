import { alwaysOnUsd } from '../prices/services';
import type { PriceTable } from '../prices/table';
import { taskStartSeconds } from '../routing/estimate';
import { limits } from './limits';
import { fargateSizeFor, type Workload } from './workload';

/** Answer for records that arrive in a Kafka topic. */
export interface KafkaAdvice {
  readonly recommended: 'lambda-event-source-mapping' | 'ecs-service';
  readonly reason: string;
  /** Price of a service of one task that runs all month; null if no Fargate size fits. */
  readonly serviceMonthUsd: number | null;
}

/** Returns how to consume a Kafka topic: `minutes` is the time for one batch of records. Never a task for each batch. */
export function kafkaAdvice(workload: Workload, lambdaLimits: readonly string[], prices: PriceTable): KafkaAdvice {
  const size = fargateSizeFor(workload.vcpu, workload.memoryMiB);
  const serviceMonthUsd = size ? alwaysOnUsd(size, prices) : null;
  const notTasks = `not a task for each batch or file: a task takes about ${taskStartSeconds} s to start and bills at least a minute`;
  if (lambdaLimits.length === 0)
    return {
      recommended: 'lambda-event-source-mapping',
      reason: `a Lambda event source mapping polls the topic, keeps the offsets and scales with its partitions, and one batch fits into ${limits.lambda.minutes} min; ${notTasks}`,
      serviceMonthUsd,
    };
  return {
    recommended: 'ecs-service',
    reason: `a long-running ECS service, whose consumer keeps its partitions and offsets, because for Lambda ${lambdaLimits[0]}; ${notTasks}`,
    serviceMonthUsd,
  };
}
