/**
 * Keys of an event's `detail`. Apart from its schema (`event.ts`), which workflows do not bundle; test/pipeline/event.test.ts
 * compares the two.
 */
export const detailKeys: readonly string[] = [
  's3Key',
  'batchDate',
  'dataset',
  'source',
  'replaces',
  'force',
  'destination',
  'dialect',
  'columns',
  'quality',
  'rejects',
  'chunkRows',
  'compute',
  'notifications',
];
