import { datasetNameProblem, nameProblem } from './datasetName';

/** What an event states about itself. Values that no valid event has are absent. */
export interface LooseDetail {
  readonly s3Key?: string;
  readonly batchDate?: string;
  readonly dataset?: string;
  readonly source?: string;
  readonly notifications?: 'none';
}

/** Returns what an event, valid or not, states about itself, for the alert about it. */
export function looseDetail(event: unknown): LooseDetail {
  const detail = (event as { detail?: unknown } | null | undefined)?.detail;
  if (detail === null || typeof detail !== 'object') return {};
  const { s3Key, batchDate, dataset, source, notifications } = detail as Record<string, unknown>;
  return {
    ...(typeof s3Key === 'string' && { s3Key: s3Key.slice(0, 1024) }),
    ...(typeof batchDate === 'string' && { batchDate: batchDate.slice(0, 40) }),
    ...(typeof dataset === 'string' && datasetNameProblem(dataset) === undefined && { dataset }),
    ...(typeof source === 'string' && nameProblem(source) === undefined && { source }),
    ...(notifications === 'none' && { notifications }),
  };
}
