import { detailKeys } from '@etl/pipeline/detailKeys';
import { eventKeys, parseEvent } from '@etl/pipeline/event';
import { looseDetail } from '@etl/pipeline/looseDetail';

const detail = { s3Key: 's3://raw-data-lake/ventas/ventas_2026_02.csv', batchDate: '2026-02-08' };
const reasonsOf = (event: unknown): readonly string[] => {
  const parsed = parseEvent(event);
  return parsed.ok ? [] : parsed.reasons;
};

describe('parseEvent', () => {
  test('accepts the smallest event and one with every key', () => {
    expect(parseEvent({ detail })).toEqual({ ok: true, detail });
    const full = {
      ...detail,
      dataset: 'ventas',
      source: 'norte',
      destination: 's3://clean/lake',
      columns: { importe: 'double' },
      dialect: { delimiter: ';', decimal: ',', encoding: 'windows-1252', dateOrder: 'dmy' },
      chunkRows: 1000,
      compute: { lane: 'fargate', cpu: 2048, memory: 8192, ephemeralStorageGiB: 100, spot: true, timeoutSeconds: 600 },
      quality: { rowCount: { min: 0 } },
      rejects: { maxShare: 0.5, maxRows: 10 },
    };
    expect(parseEvent({ detail: full })).toEqual({ ok: true, detail: full });
  });

  test('accepts the envelope of EventBridge', () => {
    expect(parseEvent({ version: '0', id: 'x', 'detail-type': 't', source: 's', time: 'now', detail }).ok).toBe(true);
  });

  test.each<[string, unknown, string[]]>([
    ['a value that is not an object', 'x', ['the event is not a JSON object']],
    ['an array', [], ['the event is not a JSON object']],
    ['null', null, ['the event is not a JSON object']],
    ['no detail', {}, ['detail: is missing']],
    ['an unknown key beside detail', { detail, dataset: 'x' }, ['dataset: unknown key']],
    ['an unknown key, by name', { detail: { ...detail, chunkrows: 5 } }, ['detail.chunkrows: unknown key']],
    ['nested unknown keys', { detail: { ...detail, dialect: { sep: ';' } } }, ['detail.dialect.sep: unknown key']],
    [
      'a day that does not exist',
      { detail: { ...detail, batchDate: '2026-02-30' } },
      ['detail.batchDate: "2026-02-30"'],
    ],
    ['missing required keys', { detail: {} }, ['detail.s3Key: is missing', 'detail.batchDate: is missing']],
    [
      'a dataset name that would leave its folder',
      { detail: { ...detail, dataset: '../x' } },
      ['detail.dataset: "../x"'],
    ],
    [
      'the folder of commits as a dataset',
      { detail: { ...detail, dataset: 'etl-commits' } },
      ['detail.dataset: "etl-commits" is the name of the folder of commits'],
    ],
    ['a destination that is not a URI', { detail: { ...detail, destination: 'x' } }, ['detail.destination: "x"']],
    [
      'a size that Fargate does not have',
      { detail: { ...detail, compute: { cpu: 256, memory: 8192 } } },
      ['detail.compute: memory 8192'],
    ],
    ['cpu without memory', { detail: { ...detail, compute: { cpu: 256 } } }, ['detail.compute: cpu and memory']],
    ['an unknown column type', { detail: { ...detail, columns: { a: 'int' } } }, ['detail.columns.a']],
  ])('refuses %s', (_what, event, starts) => {
    const reasons = reasonsOf(event);
    expect(reasons).toHaveLength(starts.length);
    for (const [index, start] of starts.entries()) expect(reasons[index]?.startsWith(start)).toBe(true);
  });

  test.each([
    'image',
    'command',
    'taskDefinition',
    'taskRoleArn',
    'executionRoleArn',
    'environment',
    'secrets',
    'overrides',
    'cluster',
    'subnets',
  ])('does not let a caller choose the program or its role: %s', (key) => {
    expect(reasonsOf({ detail: { ...detail, compute: { [key]: 'x' } } })).toEqual([
      `detail.compute.${key}: unknown key`,
    ]);
    expect(reasonsOf({ detail: { ...detail, [key]: 'x' } })).toEqual([`detail.${key}: unknown key`]);
  });

  test('returns all reasons at once', () => {
    expect(reasonsOf({ detail: { s3Key: '', batchDate: 'x', extra: 1 }, more: 2 })).toHaveLength(4);
  });
});

test('the list of keys that workflows know is that of the schema', () => {
  expect([...detailKeys].sort()).toEqual([...eventKeys.detail].sort());
});

test('looseDetail reads the valid keys of any input', () => {
  expect(looseDetail({ detail: { s3Key: 'a.csv', batchDate: 5 } })).toEqual({ s3Key: 'a.csv' });
  const names = { dataset: 'ventas', source: 'norte' };
  expect(looseDetail({ detail: { ...names, chunkRows: 'many' } })).toEqual(names);
  expect(looseDetail({ detail: { dataset: '../x', source: 5 } })).toEqual({});
  for (const event of [null, undefined, 1, 'x', [], { detail: null }]) expect(looseDetail(event)).toEqual({});
});
