import type { Detail } from '../runPipeline';
import type { CompareRequest } from './request';

type Event = Pick<CompareRequest, 'file' | 'batchDate' | 'dataset' | 'options' | 'destination'>;

/** The event's detail: the same for both sides, but for the destination and where the source lies. */
export function detailOf({ file, batchDate, dataset, options, destination }: Event): Detail {
  return { ...options, s3Key: file, batchDate, ...(dataset !== undefined && { dataset }), destination };
}
