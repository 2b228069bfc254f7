import type { Detail } from '../runPipeline';
import type { CompareRequest } from './request';

type Event = Pick<CompareRequest, 'file' | 'batchDate' | 'dataset' | 'options' | 'destination'>;

/** The event's detail: the same for both sides, but for the destination and where the source lies. */
export function detailOf({ file, batchDate, dataset, options, destination }: Event): Detail {
  return { ...options, s3Key: file, batchDate, ...(dataset !== undefined && { dataset }), destination };
}

/** What the event wishes of its task and the state machine cannot follow. */
export function wishNotes({ options }: Pick<CompareRequest, 'options'>): string[] {
  return options.compute === undefined
    ? []
    : ['compute of the event is not followed: the task is the one that the machine was generated with'];
}
