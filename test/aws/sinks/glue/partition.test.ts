import type { Partition } from '@aws-sdk/client-glue';
import { compared, partitionOf } from '../../../../aws/sinks/glue/partition';
import { columnsIn, sampleCommit } from './support';

test('a partition has the folder, the columns and the numbers of its commit', () => {
  const partition = partitionOf(sampleCommit({ number: 7, schema: { a: 'int32' }, source: 'año_2026' }));
  expect(partition).toMatchObject({
    Values: ['2026-02-08', 'año_2026'],
    Parameters: {
      'etl.commit': '7',
      'etl.run': 'run-7',
      'etl.run.started': '2026-02-09T00:07:00.000Z',
      numFiles: '2',
      numRows: '30',
      totalSize: '3000',
    },
    StorageDescriptor: { Location: 's3://clean/lago/etl-commits/ventas/2026-02-08/año_2026/run-7/' },
  });
  expect(columnsIn(partition)).toEqual(['a int']);
});

describe('comparison of commits', () => {
  const of = (commit: Parameters<typeof sampleCommit>[0]): Partition => partitionOf(sampleCommit(commit));
  const other = 's3://clean/otro';

  test.each([
    ['same', of({ number: 3 }), { number: 3 }],
    ['older', of({ number: 2 }), { number: 3 }],
    ['newer', of({ number: 4 }), { number: 3 }],
    // Numbers are not compared as texts.
    ['newer', of({ number: 10 }), { number: 9 }],
    // One run may commit more than once.
    ['newer', of({ number: 4, runStartedAt: '2026-02-09T00:03:00.000Z' }), { number: 3 }],
    // The numbers of another destination start again.
    ['older', of({ number: 4 }), { number: 1, destination: other, runStartedAt: '2026-03-01T00:00:00.000Z' }],
    ['newer', of({ number: 1, destination: other, runStartedAt: '2026-03-01T00:00:00.000Z' }), { number: 4 }],
    // A partition of another writer.
    ['older', { Parameters: {}, StorageDescriptor: { Location: 's3://clean/x/' } }, { number: 1 }],
    ['older', {}, { number: 1 }],
  ] as const)('a partition is %s', (standing, partition, commit) => {
    expect(compared(partition, sampleCommit(commit))).toBe(standing);
  });
});
