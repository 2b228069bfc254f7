import { fileUri } from '@etl/lib/fileUri';
import { joinUri, parseUri } from '@etl/lib/uri';
import { parseEvent } from '@etl/pipeline/event';
import { layout, partName, workflowId } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { makePlan, resolveSource } from '@etl/pipeline/plan';
import { noRouting, route } from '@etl/pipeline/routing/route';

describe('resolveSource', () => {
  test.each([
    ['s3://b12/x.csv', undefined, 's3://b12/x.csv'],
    ['file:///x.csv', 's3://raw', 'file:///x.csv'],
    ['ventas/x.csv', 's3://raw', 's3://raw/ventas/x.csv'],
    ['ventas/x.csv', 's3://raw/in/', 's3://raw/in/ventas/x.csv'],
    ['a//b.csv', 's3://raw/', 's3://raw/a//b.csv'],
    ['r+1 %41.csv', 'file:///raw/', 'file:///raw/r+1%20%2541.csv'],
    ['file:///raw/r%2B1.csv', undefined, 'file:///raw/r+1.csv'],
    ['ventas/x.csv', undefined, undefined],
    ['gs://other/x.csv', 's3://raw', undefined],
  ])('%s below %s is %s', (key, base, uri) => {
    expect(resolveSource(key, base)).toBe(uri);
  });
});

describe('makePlan', () => {
  const source = { uri: 's3://raw/ventas/v.csv', bytes: 10, fingerprint: 'f' };
  const plan = (extra: object, timeScale = 1) => {
    const parsed = parseEvent({ detail: { s3Key: source.uri, batchDate: '2026-02-08', ...extra } });
    if (!parsed.ok) throw new Error(parsed.reasons.join());
    const { compute: requested = {}, chunkRows = 500_000 } = parsed.detail;
    const file = { kind: 's3', bytes: source.bytes, compression: 'none', rowBytes: 2 } as const;
    const routed = route({ source: file, destination: 's3', chunkRows, requested }, noRouting);
    if (!routed.ok) throw new Error(routed.reasons.join());
    return makePlan({
      route: routed,
      detail: parsed.detail,
      batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'v' },
      source,
      cleanBase: 's3://clean',
      timeScale,
      warnings: [],
    });
  };

  test('uses the defaults of the pipeline', () => {
    expect(plan({})).toMatchObject({
      destination: 's3://clean',
      chunkRows: 500_000,
      compute: { spot: false },
      timings: { timeoutSeconds: 3600, startTimeoutSeconds: 900 },
      budgets: { application: { intervalSeconds: 60, maxRetries: 2, backoffRate: 2 } },
    });
  });

  test('a time scale shortens the waits but not the timeout', () => {
    const { timings, budgets } = plan({}, 0.01);
    expect(budgets.application.intervalSeconds).toBeCloseTo(0.6);
    expect(budgets.capacity.maxIntervalSeconds).toBeCloseTo(3);
    expect(timings.heartbeatSeconds).toBe(3);
    expect(timings.timeoutSeconds).toBe(3600);
  });

  test('the options hash covers everything that changes the output, whatever the order of keys', () => {
    const hash = plan({ dialect: { delimiter: ';', quote: '"' } }).optionsHash;
    expect(plan({ dialect: { quote: '"', delimiter: ';' } }).optionsHash).toBe(hash);
    expect(plan({ dialect: { delimiter: ',', quote: '"' } }).optionsHash).not.toBe(hash);
    expect(plan({ compute: { spot: true } }).optionsHash).toBe(optionsHash({}, 500_000));
    expect(plan({ chunkRows: 7 }).optionsHash).not.toBe(optionsHash({}, 500_000));
  });
});

describe('layout', () => {
  const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' };

  test('matches the documentation', () => {
    const place = layout('s3://clean/lake/', batch);
    expect(place.published).toBe('s3://clean/lake/ventas/batch_date=2026-02-08/source=ventas_2026_02');
    expect(place.commit(1)).toBe('s3://clean/lake/_etl/ventas/2026-02-08/ventas_2026_02/commits/000001.json');
    expect(place.work('r', 2)).toBe('s3://clean/lake/_etl/ventas/2026-02-08/ventas_2026_02/work/r-2');
    expect(partName(12)).toBe('part-00012.parquet');
    expect(workflowId(batch)).toBe('etl/ventas/2026-02-08/ventas_2026_02');
  });

  test('keeps file URIs valid with special characters', () => {
    const base = fileUri('/tmp/con espacio/100%');
    expect(parseUri(joinUri(base, 'a b', 'x=1'))).toEqual({ kind: 'file', path: '/tmp/con espacio/100%/a b/x=1' });
  });
});
