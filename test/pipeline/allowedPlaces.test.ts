import { pathBelow } from '@etl/lib/uri';
import { type AllowedPlaces, destinationProblem, isWithin, sourceProblem } from '@etl/pipeline/allowedPlaces';
import { allowedPlacesFrom, operatorVariables, variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { type ContainerMode, containerEnvironment } from '@etl/pipeline/container';
import { layout } from '@etl/pipeline/layout';
import { buckets, HostileWorld } from '../support/hostilePlaces';

const { places } = buckets;
const world = new HostileWorld();
afterAll(() => world.remove());

test.each([
  ['s3://bkt', 's3://bkt', true],
  ['s3://bkt/p', 's3://bkt/p', true],
  ['s3://bkt/p', 's3://bkt/p/', true],
  ['s3://bkt/p/', 's3://bkt/p', true],
  ['s3://bkt/p', 's3://bkt/p/x', true],
  ['s3://bkt/p', 's3://bkt/px', false],
  ['s3://bkt/p/x', 's3://bkt/p', false],
  ['file:///', 'file:///etc/passwd', true],
  ['file:///', 'file:///', true],
  ['file:///', 's3://bkt', false],
  ['file:///a%20b', 'file:///a b/c', true],
  ['file:///a', 'file:///a/../b', false],
])('isWithin of prefix %s and URI %s is %s', (prefix, uri, expected) => expect(isWithin(prefix, uri)).toBe(expected));

describe('sources', () => {
  test.each([...buckets.hostileSources, ...buckets.nonsense])('%s is refused', (uri) =>
    expect(sourceProblem(places, uri)).toBeDefined(),
  );
  test.each(world.hostileFiles)('%s is refused', (uri) => expect(sourceProblem(world.places, uri)).toBeDefined());
  test.each([
    's3://raw-data-lake/in/dia.csv',
    's3://raw-data-lake/in//a/..b/c.csv',
    's3://raw-data-lake/in/%2e%2e/x.csv',
  ])('%s is allowed', (uri) => expect(sourceProblem(places, uri)).toBeUndefined());

  test('the reason names the allowed prefixes and the variable to change', () => {
    expect(sourceProblem(places, 'file:///etc/passwd')).toBe(
      'lies outside the allowed sources, s3://raw-data-lake/in: choose a place below them, or add its prefix to ETL_SOURCE_PREFIXES',
    );
    expect(sourceProblem({ sources: [] }, 's3://raw/x.csv')).toBe(
      'cannot be used, since no sources are allowed: set ETL_SOURCE_PREFIXES or S3_RAW_BUCKET',
    );
  });
});

describe('destinations', () => {
  test.each([...buckets.hostileDestinations, ...buckets.nonsense])('%s is refused', (uri) =>
    expect(destinationProblem(places, uri)).toBeDefined(),
  );
  test.each(world.hostileDestinations)('%s is refused', (uri) =>
    expect(destinationProblem(world.places, uri)).toBeDefined(),
  );
  test.each(['s3://clean-data-lake/out', 's3://clean-data-lake/out/', 's3://clean-data-lake/others/team'])(
    '%s is allowed',
    (uri) => expect(destinationProblem(places, uri)).toBeUndefined(),
  );

  test.each<[string, string, AllowedPlaces]>([
    ['in', 's3://lake/raw/x', { destinations: ['s3://lake'], rawBase: 's3://lake/raw' }],
    ['in', 's3://lake/raw', { destinations: ['s3://lake/raw'], rawBase: 's3://lake/raw' }],
    ['above', 's3://lake', { destinations: ['s3://lake'], rawBase: 's3://lake/raw' }],
    ['in', 's3://lake', { destinations: ['s3://lake'], rawBase: 's3://lake' }],
    ['in', 's3://lake/raw', { rawBase: 's3://lake' }],
  ])('refuses a destination %s the raw base: %s', (side, uri, allowed) => {
    expect(destinationProblem(allowed, uri)).toContain(`lies ${side} S3_RAW_BUCKET, ${allowed.rawBase}`);
  });

  test('allows a prefix that an operator allows inside the raw base', () => {
    const allowed = { destinations: ['s3://lake/clean'], rawBase: 's3://lake' };
    expect(destinationProblem(allowed, 's3://lake/clean/team')).toBeUndefined();
  });
});

test('keeps every dataset below its destination', () => {
  for (const dataset of ['..', '../raw', '.', '', '/etc', '_etl', 'a/../../b', '%2e%2e', '..%2f']) {
    const batch = { dataset, batchDate: '2026-02-08', source: 's' };
    const { published } = layout('s3://clean', batch);
    expect(pathBelow('s3://clean', published)).toBeDefined();
  }
});

describe('variables of the allowed places', () => {
  test('allow the buckets without lists, and everything without buckets', () => {
    expect(allowedPlacesFrom({ S3_RAW_BUCKET: 'raw', S3_CLEAN_BUCKET: 's3://clean/lake/' })).toEqual({
      places: { sources: ['s3://raw'], destinations: ['s3://clean/lake'], rawBase: 's3://raw' },
      problems: [],
    });
    expect(allowedPlacesFrom({ S3_CLEAN_BUCKET: '', ETL_SOURCE_PREFIXES: undefined }).places).toEqual({});
  });

  test('a list replaces its bucket, and an invalid item is named', () => {
    expect(
      allowedPlacesFrom({ S3_RAW_BUCKET: 'raw', ETL_SOURCE_PREFIXES: ' raw/x , file:///data/,s3://other' }),
    ).toEqual({
      places: { sources: ['s3://raw/x', 'file:///data', 's3://other'], rawBase: 's3://raw' },
      problems: [],
    });
    expect(allowedPlacesFrom({ ETL_DESTINATION_PREFIXES: 'gs://x' })).toEqual({
      places: { destinations: [] },
      problems: ['ETL_DESTINATION_PREFIXES: "gs://x" is neither a bucket name nor an s3:// or file:/// URI'],
    });
    expect(allowedPlacesFrom({ ETL_SOURCE_PREFIXES: ',' }).places).toEqual({ sources: [] });
  });

  test('another process reads the same places from the written variables', () => {
    const allowed = { sources: ['file:///', 's3://raw'], destinations: ['file:///a,b'], rawBase: 's3://raw' };
    expect(allowedPlacesFrom(variablesOf(allowed)).places).toEqual(allowed);
  });

  test.each<ContainerMode>([
    { kind: 'convert' },
    { kind: 'shard', number: 1, of: 2, indexUri: 's3://c/index.json', reconcileUri: 's3://c/reconcile.json' },
    { kind: 'commit', shards: { of: 2, indexUri: 's3://c/index.json' } },
  ])('are never set by a launch: %j', (mode) => {
    const launch = containerEnvironment({
      ...{ inputUri: 's3://raw/x.csv', batchDate: '2026-02-08', dataset: 'd', source: 's', destination: 's3://c' },
      ...{ workflowId: 'w', runId: 'r', generation: 1, runStartedAt: '2026-02-08T00:00:00Z', chunkRows: 1 },
      ...{ options: {}, timeoutSeconds: 1, sourceFingerprint: 'f', replaces: 's3://raw/y.csv', mode },
    });
    expect(Object.keys(launch).filter((name) => operatorVariables.includes(name))).toEqual([]);
    expect(operatorVariables).toHaveLength(4);
  });
});
