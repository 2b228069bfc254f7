import { Datasets } from '@etl/pipeline/dataset/datasets';
import { type Declaration, declarationHash } from '@etl/pipeline/dataset/declaration';
import { decide } from '@etl/pipeline/intake/rule';
import { startsOf } from '@etl/pipeline/intake/starts';

const raw = 's3://raw-data-lake';
const declare = (name: string, source: Declaration['source']) => {
  const declaration: Declaration = { source };
  return { name, declaration, hash: declarationHash(declaration), file: `${name}.yaml` };
};
const datasets = new Datasets(
  [
    declare('ventas', { pattern: 'ventas/v_{yyyy}{MM}{dd}*' }),
    declare('stock', { pattern: 'stock/**/*.csv', batchDate: 'folder' }),
    declare('sensor', { pattern: 'sensor/*.dat.gz', batchDate: 'eventTime', timeZone: 'Asia/Tokyo' }),
    declare('other', { pattern: 'other/*.csv' }),
  ],
  [],
  raw,
);
const rule = { timeZone: 'UTC', prefix: 'landing/', match: '*.txt', detail: { chunkRows: 7 }, datasets };

function decideOn(key: string, landedAt?: string) {
  return decide({ uri: `${raw}/${key}`, key, mark: 'm', ...(landedAt !== undefined && { landedAt }) }, rule);
}

test.each([
  ['ventas/v_20260208.csv', undefined, '2026-02-08', 'ventas'],
  ['ventas/v_20260208_2026-02-09.csv', undefined, '2026-02-08', 'ventas'],
  ['stock/2026-02-08/x_2026-02-09.csv', undefined, '2026-02-08', 'stock'],
  ['sensor/2026-02-08.dat.gz', '2026-02-08T20:00:00Z', '2026-02-09', 'sensor'],
  ['other/2026-02-08.csv', '2026-02-09T20:00:00Z', '2026-02-08', 'other'],
  ['other/a.csv', '2026-02-09T20:00:00Z', '2026-02-09', 'other'],
])('takes %s, landed at %s, for %s by the declaration of its dataset', (key, landedAt, batchDate, dataset) => {
  expect(decideOn(key, landedAt)).toEqual({ taken: true, s3Key: `${raw}/${key}`, batchDate, detail: { dataset } });
});

test.each([
  ['ventas/v_20261308.csv', '2026-13-08 is not a calendar date (dataset ventas)'],
  ['stock/a.csv', 'its folder stock/ does not have a date (dataset stock)'],
  ['sensor/a.dat.gz', 'its event does not have a date (dataset sensor)'],
  ['other/a.csv', 'neither its key nor its event has a date (dataset other)'],
])('reports %s: %s', (key, problem) => {
  expect(decideOn(key)).toEqual({ taken: false, problem: expect.stringContaining(problem) });
});

test('hidden files of a dataset are not taken', () => {
  expect(decideOn('stock/_temporary/2026-02-08/a.csv')).toEqual({ taken: false, reason: 'hidden' });
});

test('other files follow the prefix, names and keys of the rule', () => {
  expect(decideOn('landing/2026-02-08.txt')).toMatchObject({ taken: true, detail: { chunkRows: 7 } });
  expect(decideOn('landing/2026-02-08.csv')).toEqual({ taken: false, reason: 'otherName' });
  expect(decideOn('elsewhere/2026-02-08.txt')).toEqual({ taken: false, reason: 'otherPrefix' });
});

describe('outside the prefix and the names of the rule', () => {
  const broken = { name: 'bad', problems: ['bad.yaml:1:1: x'] };
  const twice = declare('twice', { pattern: 'other/**' });
  const decideWith = (key: string, all: Datasets) =>
    decide({ uri: `${raw}/${key}`, key, mark: 'm' }, { ...rule, datasets: all });

  test.each<[what: string, key: string, all: Datasets]>([
    ['of several datasets', 'other/a.csv', new Datasets([...datasets.all(), twice], [], raw)],
    [
      'of a dataset whose declaration has an error',
      'bad/a.dat',
      new Datasets([], [{ ...broken, pattern: 'bad/*' }], raw),
    ],
    ['that an unreadable declaration may declare', 'x/a.csv', new Datasets([], [broken], raw)],
  ])('a file %s is reported instead of ignored', (_, key, all) => {
    expect(decideWith(key, all)).toEqual({ taken: false, problem: expect.stringContaining(`${raw}/${key}: `) });
  });

  test.each<[what: string, key: string, all: Datasets]>([
    ['hidden', 'x/_SUCCESS', new Datasets([], [broken], raw)],
    ['other than data', 'x/README.md', new Datasets([], [broken], raw)],
    ['that another pattern concerns', 'x/a.csv', new Datasets([], [{ ...broken, pattern: 'bad/*' }], raw)],
  ])('a file %s is ignored', (_, key, all) => {
    expect(decideWith(key, all)).toEqual({ taken: false, reason: 'otherPrefix' });
  });
});

test('events have the workflow ID of their declared dataset, whoever names it', () => {
  const landed = {
    landed: { uri: `${raw}/x/other/a.csv`, key: 'x/other/a.csv', mark: 'm', landedAt: '2026-02-09T00:00:00Z' },
  };
  expect(startsOf(JSON.stringify(landed), 'id', rule, raw).ignored).toEqual([
    { reason: 'otherPrefix', what: expect.anything() },
  ]);
  const event = { detail: { s3Key: 'stock/deep/2026-02-08/a.csv', batchDate: '2026-02-08' } };
  const [start] = startsOf(JSON.stringify(event), 'id', rule, raw).starts;
  expect(start?.workflowId).toMatch(/^etl\/stock\/2026-02-08\//);
});
