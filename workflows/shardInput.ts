import { fieldsOf, isAmount, isText, isWhole, type Reading, Undecoded } from '@etl/lib/reading';
import type { ContainerMode } from '@etl/pipeline/container';
import type { Plan } from '@etl/pipeline/plan';

export interface ShardInput {
  /** Plan of the parent pipeline. */
  readonly plan: Plan;
  readonly title: string;
  readonly mode: Extract<ContainerMode, { kind: 'shard' }>;
}

/** Upper bound, far above the shards of any pipeline. */
const mostShards = 10_000;
/** Longest URI or title, in characters. */
const mostText = 16_384;

/** Reads the argument of `convertShard`. Checks only the parts that the workflow itself uses. */
export function readShardInput(input: unknown): Reading<ShardInput> {
  if (input instanceof Undecoded) return input;
  const { plan, title, mode } = fieldsOf(input);
  const { kind, number, of, indexUri, reconcileUri } = fieldsOf(mode);
  const isMode =
    kind === 'shard' &&
    isWhole(of, 1, mostShards) &&
    isWhole(number, 1, of) &&
    isText(indexUri, mostText) &&
    (reconcileUri === undefined || isText(reconcileUri, mostText));
  if (!isMode) return { problem: 'mode: expected {"kind": "shard", "number": 1, "of": 8, "indexUri": "s3://…"}' };
  if (!isText(title, mostText)) return { problem: 'title: expected a string' };
  return isPlan(plan) ? { value: input as ShardInput } : { problem: 'plan: expected the plan of a pipeline' };
}

function isPlan(input: unknown): boolean {
  const { batch, source, destination, timings, compute, budgets } = fieldsOf(input);
  const { dataset, batchDate, source: name } = fieldsOf(batch);
  const { uri, bytes, fingerprint } = fieldsOf(source);
  const { timeoutSeconds, startTimeoutSeconds, heartbeatSeconds, launchQueueSeconds = 0 } = fieldsOf(timings);
  return (
    [dataset, batchDate, name, uri, fingerprint, destination].every((text) => isText(text, mostText)) &&
    [bytes, timeoutSeconds, startTimeoutSeconds, heartbeatSeconds, launchQueueSeconds].every(isAmount) &&
    typeof fieldsOf(compute).spot === 'boolean' &&
    Object.keys(fieldsOf(budgets)).length > 0
  );
}
