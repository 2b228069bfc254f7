import { alwaysOnUsd } from '../prices/services';
import type { PriceTable } from '../prices/table';
import { taskStartSeconds } from '../routing/estimate';
import { limits } from './limits';
import { fargateSizeFor, type Workload } from './workload';

/** Advice for records that arrive in a Kafka topic. */
export interface KafkaAdvice {
  readonly recommended: 'lambda-event-source-mapping' | 'ecs-service';
  readonly reason: string;
  /** Price of a service of one task that runs all month; null if no Fargate size fits, or a GPU is needed. */
  readonly serviceMonthUsd: number | null;
}

/** Returns how to consume a Kafka topic. `minutes` of the workload is the time for one batch of records. */
export function kafkaAdvice(workload: Workload, lambdaLimits: readonly string[], prices: PriceTable): KafkaAdvice {
  if (workload.gpu)
    return {
      recommended: 'ecs-service',
      reason:
        'none of these options has a GPU: use a long-running ECS service on EC2 with a GPU instance type, whose price depends on the type; its consumer commits its offsets',
      serviceMonthUsd: null,
    };
  const size = fargateSizeFor(workload.vcpu, workload.memoryMiB);
  const serviceMonthUsd = size ? alwaysOnUsd(size, prices) : null;
  const notTasks = `do not start a task for each batch or file: it takes about ${taskStartSeconds} s to start and is billed for at least a minute`;
  if (lambdaLimits.length === 0)
    return {
      recommended: 'lambda-event-source-mapping',
      reason: `use a Lambda event source mapping: it polls the topic, commits the offsets and scales with the partitions, and one batch takes at most ${limits.lambda.minutes} min; ${notTasks}`,
      serviceMonthUsd,
    };
  return {
    recommended: 'ecs-service',
    reason: `use a long-running ECS service, whose consumer commits its offsets, because on Lambda ${lambdaLimits[0]}; ${notTasks}`,
    serviceMonthUsd,
  };
}
