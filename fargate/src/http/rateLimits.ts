import { createTokenBucket, type RateLimit } from '@etl/lib/tokenBucket';
import { EcsError } from '../api/errors';
import { isOperation, type OperationName } from '../api/operationNames';
import type { Handle } from './handle';

/**
 * Operations of a group share one bucket.
 * @see Amazon ECS Developer Guide, "Request throttling for the Amazon ECS API"
 */
const groups: readonly { readonly operations: readonly OperationName[]; readonly limit: RateLimit }[] = [
  { operations: ['CreateCluster'], limit: { burst: 20, perSecond: 1 } },
  { operations: ['DescribeClusters'], limit: { burst: 50, perSecond: 20 } },
  { operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'], limit: { burst: 20, perSecond: 1 } },
  { operations: ['DescribeTaskDefinition', 'ListTaskDefinitions'], limit: { burst: 50, perSecond: 20 } },
  { operations: ['RunTask', 'StopTask'], limit: { burst: 100, perSecond: 40 } },
  { operations: ['DescribeTasks', 'ListTasks'], limit: { burst: 100, perSecond: 20 } },
];
/**
 * Counts tasks, not calls. On demand and Spot have separate limits.
 * @see Amazon ECS Developer Guide, "AWS Fargate throttling quotas"
 */
const launches: RateLimit = { burst: 100, perSecond: 20 };

/** Applies ECS's rate limits, multiplied by `scale`. `now` returns milliseconds. */
export function withRateLimits(handle: Handle, now: () => number, scale = 1): Handle {
  const bucket = ({ burst, perSecond }: RateLimit) =>
    createTokenBucket({ burst: burst * scale, perSecond: perSecond * scale }, now);
  const buckets = new Map(
    groups.flatMap(({ operations, limit }) => {
      const shared = bucket(limit);
      return operations.map((operation) => [operation, shared] as const);
    }),
  );
  const lanes = { onDemand: bucket(launches), spot: bucket(launches) };
  return async (operation, input) => {
    const isWithin =
      (!isOperation(operation) || buckets.get(operation)?.take()) &&
      (operation !== 'RunTask' || lanes[isForSpot(input) ? 'spot' : 'onDemand'].take(countOf(input)));
    if (!isWithin) throw new EcsError('ThrottlingException', 'Rate exceeded');
    return handle(operation, input);
  };
}

const countOf = ({ count }: Record<string, unknown>) => (typeof count === 'number' && count > 0 ? count : 1);

const isForSpot = ({ capacityProviderStrategy }: Record<string, unknown>) =>
  JSON.stringify(capacityProviderStrategy ?? []).includes('FARGATE_SPOT');
