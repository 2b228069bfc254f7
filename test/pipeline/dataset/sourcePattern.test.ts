import { compilePattern, type SourceMatch } from '@etl/pipeline/dataset/sourcePattern';

const raw = 's3://raw-data-lake';

function match(pattern: string, uri: string, base: string | undefined = raw): SourceMatch | undefined {
  const compiled = compilePattern(pattern, base);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled.match(uri);
}

test.each<[string, string, SourceMatch | undefined]>([
  ['ventas/*.csv', `${raw}/ventas/a.csv`, {}],
  ['ventas/*.csv', `${raw}/ventas/x/a.csv`, undefined],
  ['ventas/*.csv', 's3://other-bucket/ventas/a.csv', undefined],
  ['ventas/*.csv', 'file:///ventas/a.csv', undefined],
  ['ventas/**/*.csv', `${raw}/ventas/a.csv`, {}],
  ['ventas/**/*.csv', `${raw}/ventas/x/y/a.csv`, {}],
  ['**', `${raw}/x/y/a.csv`, {}],
  ['ventas/{date}.csv', `${raw}/ventas/2026-02-08.csv`, { day: '2026-02-08' }],
  ['ventas/{yyyy}/{MM}/{dd}/*.csv', `${raw}/ventas/2026/02/08/a.csv`, { day: '2026-02-08' }],
  ['ventas/v_{yyyy}{MM}{dd}*.csv', `${raw}/ventas/v_20260208_2.csv`, { day: '2026-02-08' }],
  ['ventas/*{yyyy}{MM}{dd}.csv', `${raw}/ventas/1234_20260208.csv`, { day: '2026-02-08' }],
  ['ventas/v_{dd}{MM}{yyyy}.csv', `${raw}/ventas/v_08022026.csv`, { day: '2026-02-08' }],
  ['ventas/v_{yyyy}{MM}{dd}.csv', `${raw}/ventas/v_20261308.csv`, { notADay: '2026-13-08' }],
  ['ventas/v_{yyyy}{MM}{dd}.csv', `${raw}/ventas/v_2026-02-.csv`, undefined],
  ['{date}/v_{date}.csv', `${raw}/2026-02-08/v_2026-02-08.csv`, { day: '2026-02-08' }],
  ['{date}/v_{date}.csv', `${raw}/2026-02-08/v_2026-02-09.csv`, { notADay: '2026-02-08 and 2026-02-09' }],
  ['{date}_{date}.csv', `${raw}/2026-02-08_2026-02-09.csv`, { notADay: '2026-02-08 and 2026-02-09' }],
  // A month alone determines no day.
  ['{yyyy}/{MM}/v.csv', `${raw}/2026/02/v.csv`, {}],
  ['s3://other-bucket/v/?.csv', 's3://other-bucket/v/a.csv', {}],
  ['s3://other-bucket/v/?.csv', 's3://other-bucket/v/ab.csv', undefined],
  ['[a].csv', `${raw}/[a].csv`, {}],
])('%s on %s', (pattern, uri, expected) => expect(match(pattern, uri)).toEqual(expected));

test('matches percent-encoded files', () => {
  expect(match('año nuevo/{date}.csv', 'file:///lake/a%C3%B1o%20nuevo/2026-01-01.csv', 'file:///lake')).toEqual({
    day: '2026-01-01',
  });
});

test.each([
  ['{yyy}/a.csv', 'has the unknown placeholder {yyy}: use {yyyy}, {MM}, {dd} or {date}'],
  ['ventas/', 'ends in /: append the names of the files, such as *.csv'],
  ['../a.csv', 'has a . or .. segment: write the resolved path'],
  [
    '/lake/ventas/*.csv',
    'begins with /: write file:///lake/ventas/*.csv for a path, or a key in S3_RAW_BUCKET without the slash',
  ],
  ['s3://b/*.csv', 'has an invalid bucket name: use 3 to 63 lowercase letters, digits, hyphens and periods'],
  ['ftp://host/a.csv', 'is not an s3:// or file:/// URI: write one, or a key in S3_RAW_BUCKET'],
])('rejects %s', (pattern, problem) => expect(compilePattern(pattern, raw)).toBe(problem));

test('rejects an empty folder name in a path, which no file has', () => {
  expect(compilePattern('ventas//*.csv', 'file:///lake')).toBe('has two slashes in a row: write one');
  expect(match('ventas//*.csv', `${raw}/ventas//a.csv`)).toEqual({});
});

test('rejects a relative pattern without a raw bucket', () => {
  expect(compilePattern('ventas/*.csv', undefined)).toMatch(/^is relative, but S3_RAW_BUCKET is not set/);
});

test.each([
  ['ventas/{yyyy}/{MM}/*.csv', `${raw}/ventas`],
  ['*.csv', raw],
  ['ventas/2026/a.csv', `${raw}/ventas/2026`],
  ['ventas/**/a.csv', `${raw}/ventas`],
])('the folder of %s is %s', (pattern, folder) => {
  expect(compilePattern(pattern, raw)).toMatchObject({ folder });
});

test('matches an adversarial key quickly', () => {
  const pattern = `${'*a'.repeat(100)}{date}`;
  expect(match(pattern, `${raw}/${'a'.repeat(1000)}`)).toBeUndefined();
  expect(match('**/a/'.repeat(50).slice(0, -1), `${raw}/${'a/'.repeat(500)}b`)).toBeUndefined();
});

test.each(['ventas/**/v_{yyyy}{MM}{dd}*.csv', '{date}/?.csv', '**', 'a.csv'])('%s matches its example', (pattern) => {
  const compiled = compilePattern(pattern, raw);
  if (typeof compiled === 'string') throw new Error(compiled);
  expect(compiled.match(compiled.example)).toBeDefined();
  expect(compiled.match(compiled.example)).not.toHaveProperty('notADay');
});
