import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { failureOf } from '../../etl-image/src/config/failures';
import { openEnvironment } from '../../etl-image/src/config/openEnvironment';
import { buckets, HostileWorld } from '../support/hostilePlaces';
import { start } from '../support/processes';

const world = new HostileWorld();
afterAll(() => world.remove());

const launch = {
  BATCH_DATE: '2026-02-08',
  DATASET: 'd',
  SOURCE: 's',
  RUN_ID: 'r',
  RUN_STARTED_AT: '2026-02-08T01:00:00Z',
};
const good = { ...launch, INPUT_FILE: world.at('raw/ventas/dia.csv'), OUTPUT_PREFIX: world.clean };
const goodS3 = { ...launch, INPUT_FILE: 's3://raw-data-lake/in/d.csv', OUTPUT_PREFIX: 's3://clean-data-lake/out' };
const taskDefinition = { S3_RAW_BUCKET: world.raw, S3_CLEAN_BUCKET: world.clean };

type Variables = Readonly<Record<string, string>>;

/** Returns the cause of a failed launch, and checks that its exit code is that of a bad configuration. */
async function refusal(env: Variables): Promise<string> {
  const failure = await openEnvironment(env).then(() => undefined, failureOf);
  if (failure !== undefined) expect(failure.exitCode).toBe(exitCodes.badConfiguration);
  return failure?.cause ?? 'none';
}

const onFiles = (changes: Variables) => refusal({ ...taskDefinition, ...good, ...changes });
const onBuckets = (changes: Variables) => refusal({ ...variablesOf(buckets.places), ...goodS3, ...changes });
const named = (name: string) => expect.stringMatching(new RegExp(`(^|: )${name}: `));

test('opens places that the task definition allows', async () => {
  expect(await onFiles({})).toBe('none');
  expect(await onBuckets({})).toBe('none');
});

test.each([...world.hostileFiles, ...world.hostileLinks, '../secret/dia.csv', '/etc/passwd', 'out/dia.csv'])(
  'INPUT_FILE=%s is denied',
  async (INPUT_FILE) => expect(await onFiles({ INPUT_FILE })).toEqual(named('INPUT_FILE')),
);
test.each([...buckets.hostileSources, ...buckets.nonsense, '../d.csv'])('INPUT_FILE=%s is denied', async (INPUT_FILE) =>
  expect(await onBuckets({ INPUT_FILE })).toEqual(named('INPUT_FILE')),
);
test.each([...world.hostileDestinations, ...world.hostileDestinationLinks])('OUTPUT_PREFIX=%s is denied', async (uri) =>
  expect(await onFiles({ OUTPUT_PREFIX: uri })).toEqual(named('OUTPUT_PREFIX')),
);
test.each([...buckets.hostileDestinations, ...buckets.nonsense])('OUTPUT_PREFIX=%s is denied', async (uri) =>
  expect(await onBuckets({ OUTPUT_PREFIX: uri })).toEqual(named('OUTPUT_PREFIX')),
);

const outside = ['file:///etc/passwd', 's3://another-bucket/x.json', 's3://clean-data-lake/out/../x.json'];
test.each(outside)('denies options, an index, a reconciliation and a replaced file at %s', async (uri) => {
  expect(await onBuckets({ OPTIONS: uri })).toEqual(named('OPTIONS'));
  expect(await onBuckets({ REPLACES: uri })).toEqual(named('REPLACES'));
  const index = 's3://clean-data-lake/out/_etl/d/2026-02-08/s/work/r-1/index.json';
  const shard = { MODE: 'shard', SHARD: '1/2' };
  expect(await onBuckets({ ...shard, SHARD_INDEX: index })).toBe('none');
  expect(await onBuckets({ ...shard, SHARD_INDEX: uri })).toEqual(named('SHARD_INDEX'));
  expect(await onBuckets({ ...shard, SHARD_INDEX: index, SHARD_RECONCILE: uri })).toEqual(named('SHARD_RECONCILE'));
  expect(await onBuckets({ MODE: 'commit', SHARDS: '2', SHARD_INDEX: uri })).toEqual(named('SHARD_INDEX'));
});

test('does not read options through a link to outside', async () => {
  expect(await onFiles({ OPTIONS: world.at('clean/out/dia.csv') })).toEqual(named('OPTIONS'));
});

test('does not write a dataset whose folder is a link to outside', async () => {
  const { store } = await openEnvironment({ ...taskDefinition, ...good, DATASET: 'out' });
  await expect(store.write(`${world.clean}/out/batch_date=2026-02-08/x`, '')).rejects.toMatchObject({
    code: 'AccessDenied',
  });
});

test('allows every place without a task definition that restricts them', async () => {
  expect(await refusal({ ...good, INPUT_FILE: 'file:///etc/passwd' })).toBe('none');
});

test('an invalid list allows nothing', async () => {
  expect(await onFiles({ ETL_SOURCE_PREFIXES: 'gs://x' })).toEqual(named('ETL_SOURCE_PREFIXES'));
});

test('the program exits with 78 and the cause, without reading anything', async () => {
  const program = require.resolve('../../etl-image/dist/main.js');
  const { ended } = start(process.execPath, [program], {
    ...taskDefinition,
    ...good,
    INPUT_FILE: 'file:///etc/passwd',
    SCRATCH_DIR: world.folder,
  });
  const { exitCode, stderr } = await ended;
  expect(exitCode).toBe(78);
  expect(stderr).toContain('INPUT_FILE: file:///etc/passwd lies outside the allowed sources');
  expect(stderr).toContain('ETL_SOURCE_PREFIXES');
});
