import type { Detail } from '../../client/runPipeline';
import type { CompareRequest } from './request';

type Event = Pick<CompareRequest, 'file' | 'batchDate' | 'dataset' | 'options' | 'destination'>;

/** Returns the event's detail. It differs between the sides only in the destination and the location of the source. */
export function detailOf({ file, batchDate, dataset, options, destination }: Event): Detail {
  return { ...options, s3Key: file, batchDate, ...(dataset !== undefined && { dataset }), destination };
}

/** Returns notes on task settings of the event that the state machine cannot apply. */
export function computeNotes({ options }: Pick<CompareRequest, 'options'>): string[] {
  return options.compute === undefined
    ? []
    : ['compute in the event is ignored: the task is fixed when the machine is generated'];
}
