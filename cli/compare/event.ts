import type { Detail } from '../runPipeline';
import type { CompareRequest } from './request';

/** The event's detail: the same for both sides, but for the destination. */
export function detailOf({ file, batchDate, dataset, options, destination }: CompareRequest): Detail {
  return { ...options, s3Key: file, batchDate, ...(dataset !== undefined && { dataset }), destination };
}
