import { attributeNames, attributePairs, attributesOfBatch } from '@etl/pipeline/searchAttributes';

describe('search attributes', () => {
  const values = { ...attributesOfBatch({ dataset: 'ventas', batchDate: '2026-02-08' }), EtlRowsWritten: 0 };

  test('are set with their type if they are registered and known', () => {
    expect(attributePairs(values, attributeNames)).toEqual([
      { key: { name: 'EtlDataset', type: 'KEYWORD' }, value: 'ventas' },
      { key: { name: 'EtlBatchDate', type: 'KEYWORD' }, value: '2026-02-08' },
      { key: { name: 'EtlRowsWritten', type: 'INT' }, value: 0 },
    ]);
    expect(attributePairs(values, ['EtlDataset', 'Other']).map(({ key }) => key.name)).toEqual(['EtlDataset']);
    expect(attributePairs(values, [])).toEqual([]);
  });

  test('are cut to the width of a column', () => {
    const [pair] = attributePairs({ EtlSource: 'ñ'.repeat(300) }, attributeNames);
    expect(pair?.value).toBe('ñ'.repeat(255));
  });
});
