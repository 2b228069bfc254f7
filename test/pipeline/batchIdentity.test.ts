import { canonicalUri, formatUri } from '@etl/lib/uri';
import { legacyBatch, resolveBatch } from '@etl/pipeline/batchIdentity';
import { layout, workflowId } from '@etl/pipeline/layout';
import { randomFrom } from '../support/random';

const raw = 's3://raw';
const declared = { batchDate: '2026-02-08' };
const hashed = (name: string) => expect.stringMatching(new RegExp(`^${name.replace('.', '\\.')}-[0-9a-f]{12}$`));
const idOf = (uri: string, base: string | undefined = raw): string => workflowId(resolveBatch(declared, uri, base));

describe('resolveBatch', () => {
  test.each([
    ['s3://raw/ventas/ventas_2026_02.csv', 'ventas', 'ventas_2026_02'],
    ['s3://raw/ventas/año.csv', 'ventas', 'año'],
    ['s3://raw/销售/库存.csv', '销售', '库存'],
  ])('gives %s, in the usual place of a feed, the plain names %s and %s', (uri, dataset, source) => {
    expect(resolveBatch(declared, uri, raw)).toEqual({ dataset, source, ...declared });
  });

  test.each([
    ['s3://raw/norte/ventas/dia.csv', 'ventas', 'dia'],
    ['s3://raw/ventas/ventas 2026.csv', 'ventas', 'ventas_2026'],
    ['s3://raw/ventas/dia.txt', 'ventas', 'dia'],
    ['s3://raw/ventas/dia.csv.gz', 'ventas', 'dia'],
    ['s3://raw/ventas/dia-0123456789ab.csv', 'ventas', 'dia-0123456789ab'],
    ['s3://raw/dia.csv', 'dia', 'dia'],
    ['s3://other/ventas/dia.csv', 'ventas', 'dia'],
    ['s3://raw/ventas/an\u0303o.csv', 'ventas', 'año'],
    ['s3://raw/a/.csv', 'a', 'unnamed'],
    [`s3://raw/ventas/${'é'.repeat(100)}.csv`, 'ventas', 'é'.repeat(40)],
  ])('adds a hash of the URI to the name of %s, which another file could share', (uri, dataset, name) => {
    expect(resolveBatch(declared, uri, raw)).toEqual({ dataset, source: hashed(name), ...declared });
  });

  test('gives a location the same name however its URI is spelled, in every version', () => {
    const { source } = resolveBatch(declared, 'file:///data/en%20tr%C3%A1nsito/r+1.csv', undefined);
    expect(resolveBatch(declared, 'file:///data//en%20tr%c3%a1nsito/r%2B1.csv', undefined).source).toBe(source);
    expect(source).toBe('r_1-4faef8fdd2cd');
  });

  test.each([
    's3://raw/ventas/{2026-02-08}/norte.csv',
    's3://raw/ventas/{2026/02/08}/norte.csv',
    's3://raw/ventas/dt={20260208}/norte.csv',
  ])('gives a feed the same source every day: %s', (pattern) => {
    const [before = '', day = '', after = ''] = pattern.split(/[{}]/);
    const sourceOf = (batchDate: string) =>
      resolveBatch(
        { batchDate, dataset: 'ventas' },
        `${before}${day.replace(/08$/, batchDate.slice(-2))}${after}`,
        raw,
      );
    const { source } = sourceOf('2026-02-08');
    expect(source).toMatch(/^norte-[0-9a-f]{12}$/);
    expect(sourceOf('2026-02-09')).toEqual({ dataset: 'ventas', batchDate: '2026-02-09', source });
  });

  test('uses the names that the event declares', () => {
    const names = { dataset: 'd', source: 's' };
    expect(resolveBatch({ ...declared, ...names }, 's3://raw/x/y.csv', raw)).toEqual({ ...declared, ...names });
  });

  test('adds a hash to a file whose folder is not the declared dataset', () => {
    const batch = resolveBatch({ ...declared, dataset: 'ventas' }, 's3://raw/norte/dia.csv', raw);
    expect(batch).toEqual({ ...declared, dataset: 'ventas', source: hashed('dia') });
  });

  test.each([
    ['s3://raw/norte/ventas/dia.csv', 's3://raw/sur/ventas/dia.csv'],
    ['s3://raw/ventas/ventas 2026.csv', 's3://raw/ventas/ventas_2026.csv'],
    ['s3://raw/ventas/año.csv', 's3://raw/ventas/ano.csv'],
    ['s3://raw/ventas/销售.csv', 's3://raw/ventas/库存.csv'],
    ['s3://raw/ventas/a.csv', 's3://raw/ventas/a.txt'],
    [`s3://raw/ventas/${'x'.repeat(120)}1.csv`, `s3://raw/ventas/${'x'.repeat(120)}2.csv`],
    ['s3://raw/ventas/año.csv', 's3://raw/ventas/an\u0303o.csv'],
    ['s3://raw/ventas/a.csv', 's3://raw/ventas//a.csv'],
    ['s3://raw/ventas/a.csv', 's3://raw/ventas/A.csv'],
    ['s3://raw/x/2026-02-08/a.csv', 's3://raw/x/2026/02/08/a.csv'],
    ['s3://raw/x/2026-02-08/a.csv', 's3://raw/x/{date}/a.csv'],
    ['s3://raw/x/2026-02-08/a.csv', 's3://raw/x/2026-02-09/a.csv'],
  ])('distinguishes %s and %s', (one, other) => {
    expect(idOf(one)).not.toBe(idOf(other));
    expect(idOf(one, undefined)).not.toBe(idOf(other, undefined));
  });

  test('is injective over random locations, with names that are valid in file systems and workflow IDs', () => {
    const random = randomFrom(20261130);
    const pieces = [
      'a',
      'A',
      'ab',
      '_',
      '-',
      '.',
      ' ',
      '+',
      '%',
      '%2F',
      'ñ',
      'n\u0303',
      '销',
      '😀',
      '\u202e',
      'é'.repeat(60),
      'x'.repeat(90),
      '2026-02-08',
      '2026/02/08',
      '20260208',
    ];
    const ends = ['.csv', '.CSV', '.txt', '.csv.gz', '.csv.zst', '', '.tsv', '-0123456789ab.csv'];
    const segment = (): string => Array.from({ length: 1 + random.below(3) }, () => random.pick(pieces)).join('');
    const seen = new Map<string, string>();
    const wrong: string[] = [];
    for (let round = 0; round < 20_000; round++) {
      const folders = Array.from({ length: random.below(4) }, segment);
      const key = [...folders, `${segment()}${random.pick(ends)}`].join('/');
      const uri = random.chance(0.5)
        ? formatUri({ kind: 's3', bucket: 'raw', key })
        : formatUri({ kind: 'file', path: `/raw/${key}` });
      const batch = resolveBatch(declared, uri, raw);
      const id = workflowId(batch);
      const owner = canonicalUri(uri) as string;
      if ((seen.get(id) ?? owner) !== owner) wrong.push(`${id} is shared by ${owner} and ${seen.get(id)}`);
      seen.set(id, owner);
      const names = [batch.dataset, batch.source];
      const valid = (name: string): boolean =>
        Buffer.byteLength(`source=${name}`) <= 255 && /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u.test(name);
      if (!names.every(valid)) wrong.push(`${uri}: ${names}`);
      if (layout('s3://clean', batch).published.split('/').length !== 6) wrong.push(uri);
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(10_000);
  });
});

describe('legacyBatch', () => {
  test('returns the names of earlier versions', () => {
    const uri = 'file:///data/en%20tr%C3%A1nsito/Ventas%20d%C3%ADa.CSV';
    expect(legacyBatch(declared, uri)).toEqual({ dataset: 'en_transito', source: 'Ventas_dia', ...declared });
    expect(legacyBatch(declared, 's3://raw/销售.csv')).toMatchObject({ dataset: 'unnamed', source: 'unnamed' });
  });
});
