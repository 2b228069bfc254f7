import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchId } from '../../../cli/batch/ids';
import { prefixUri } from '../../../cli/batch/prefix';
import { batchRequest } from '../../../cli/batch/request';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-prefix-'));
  mkdirSync(join(folder, 'mes de año'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env.S3_RAW_BUCKET;
});

describe('prefixes', () => {
  test('a URI stays unchanged', () => {
    for (const uri of ['s3://raw/ventas/{yyyy}', 'file:///data/{date}', 's3://raw']) expect(prefixUri(uri)).toBe(uri);
  });

  test('a folder becomes its URI, and placeholders stay unchanged', () => {
    expect(prefixUri(folder)).toBe(`file://${folder}`);
    expect(prefixUri(`${folder}/{yyyy}/{MM}/{dd}`)).toBe(`file://${folder}/{yyyy}/{MM}/{dd}`);
    expect(prefixUri(join(folder, 'mes de año', 'x{date}'))).toBe(`file://${folder}/mes%20de%20a%C3%B1o/x{date}`);
  });

  test('a prefix without a scheme is relative to S3_RAW_BUCKET', () => {
    process.env.S3_RAW_BUCKET = 'raw-data-lake';
    expect(prefixUri('ventas/{yyyy}')).toBe('s3://raw-data-lake/ventas/{yyyy}');
    process.env.S3_RAW_BUCKET = 'file:///lake/raw';
    expect(prefixUri('ventas/{yyyy}')).toBe('file:///lake/raw/ventas/{yyyy}');
  });

  test('any other prefix is rejected with a remedy', () => {
    expect(() => prefixUri('ventas')).toThrow('folder not found: ventas; S3_RAW_BUCKET');
    process.env.S3_RAW_BUCKET = 'raw-data-lake';
    expect(() => prefixUri('./ventas')).toThrow(/^folder not found: \.\/ventas$/);
    expect(() => prefixUri(`${folder}/none/{date}`)).toThrow('folder not found');
    expect(() => prefixUri('gs://bucket/x')).toThrow('is not a valid folder URI');
    const remedy = 'Correct the bucket name: use 3 to 63 lowercase letters, digits, hyphens and periods';
    expect(() => prefixUri('s3://b/x')).toThrow(expect.objectContaining({ remedy }));
  });
});

describe('the request', () => {
  const prefix = 's3://raw/ventas';
  const days = { batchDate: '2026-02-08' };

  test('contains exactly the given options', () => {
    expect(batchRequest(prefix, {}, days)).toEqual({ prefix, ...days });
    const options = { match: '*.csv', mode: 'all', maxConcurrent: 5, onFailure: 'complete', dataset: 'v' } as const;
    const more = { out: 's3://clean', options: '{"chunkRows":10}' };
    expect(batchRequest(prefix, { ...options, ...more }, days)).toEqual({
      ...{ prefix, ...days, match: '*.csv', mode: 'all', maxConcurrent: 5, onFailure: 'complete' },
      detail: { chunkRows: 10, dataset: 'v', destination: 's3://clean' },
    });
  });

  test('is rejected with every reason', () => {
    const refused = () => batchRequest(prefix, { options: '{"s3Key":"x","source":"y"}', maxConcurrent: 501 }, days);
    expect(refused).toThrow(/maxConcurrent.*detail\.s3Key.*detail\.source/);
    expect(() => batchRequest(prefix, {}, { from: '2026-02-08', to: '2026-02-01' })).toThrow(
      'to: "2026-02-01" is before from',
    );
  });
});

describe('the workflow ID', () => {
  test.each([
    [{ prefix: 's3://raw/ventas/es', batchDate: '2026-02-08' }, 'batch/raw_ventas_es/2026-02-08'],
    [{ prefix: 's3://raw/v/{date}', match: 'a*.csv', batchDate: '2026-02-08' }, 'batch/raw_v_date_a_.csv/2026-02-08'],
    [{ prefix: 'file:///data/ventas', batchDate: '2026-02-08' }, 'batch/data_ventas/2026-02-08'],
  ])('%j', (request, id) => expect(batchId('batch', request)).toBe(id));

  test('abbreviates long prefixes, and covers a range of days', () => {
    const long = (end: string) => ({
      prefix: `s3://raw/${'x'.repeat(100)}/${end}`,
      from: '2026-01-01',
      to: '2026-01-31',
    });
    expect(batchId('backfill', long('a'))).toMatch(/^backfill\/x+_a-[0-9a-f]{8}\/2026-01-01_2026-01-31$/);
    const other = { ...long('a'), prefix: long('a').prefix.replace('raw', 'other') };
    expect(batchId('backfill', other)).not.toBe(batchId('backfill', long('a')));
  });
});
