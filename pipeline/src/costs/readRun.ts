import { fieldsOf, isAmount, isText } from '@etl/lib/reading';
import type { Launch } from '../launches';
import type { RunRecord } from './runCost';

/** A closed run, as the visibility store of the server lists it. */
export interface ListedRun {
  readonly workflowId: string;
  readonly startTime: Date;
  /** Memo of the run. A terminated run has no record in it. */
  readonly memo: Readonly<Record<string, unknown>> | undefined;
}

const maxName = 200;

/** Outcomes in which the data is published. */
const delivering = ['delivered', 'SinkFailed'];

/** Returns the record of a run from its memo; undefined if the memo has none. Ignores launches of an unknown form. */
export function readRun({ workflowId, startTime, memo }: ListedRun): RunRecord | undefined {
  const end = memo?.etl;
  if (end === null || typeof end !== 'object') return undefined;
  const { outcome, dataset, launches, costUsd, routing } = fieldsOf(end);
  const { estimate } = fieldsOf(routing);
  const { costUsd: estimateUsd } = fieldsOf(estimate);
  return {
    id: workflowId,
    dataset: isText(dataset, maxName) ? dataset : datasetOfId(workflowId),
    day: startTime.toISOString().slice(0, 10),
    delivered: typeof outcome === 'string' && delivering.includes(outcome),
    launches: Array.isArray(launches) ? launches.filter(isLaunch) : [],
    ...(isAmount(costUsd) && { costUsd }),
    ...(isAmount(estimateUsd) && { estimateUsd }),
  };
}

/** Returns the dataset in a workflow ID of this project, for runs of earlier versions. */
function datasetOfId(workflowId: string): string {
  const [prefix, dataset] = workflowId.split('/');
  return prefix === 'etl' && dataset !== undefined && dataset !== '' ? dataset : '(unknown)';
}

function isLaunch(value: unknown): value is Launch {
  const { lane, spot, seconds, costUsd, size, memoryMiB, ephemeralStorageGiB } = fieldsOf(value);
  const { cpu, memoryMiB: memory } = fieldsOf(size);
  return (
    (lane === 'light' || lane === 'fargate') &&
    typeof spot === 'boolean' &&
    [seconds, costUsd, memoryMiB, ephemeralStorageGiB].every((each) => each === undefined || isAmount(each)) &&
    (size === undefined || (isAmount(cpu) && isAmount(memory)))
  );
}
