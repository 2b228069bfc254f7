import { confineStore } from '@etl/storage/confinedStore';
import { openStore } from '@etl/storage/openStore';
import { planBatch } from '../../activities/planBatch';
import { validateInput } from '../../activities/validateInput';
import { MemoryStore } from '../support/fakePorts';
import { buckets, HostileWorld } from '../support/hostilePlaces';

const world = new HostileWorld();
afterAll(() => world.remove());

const ofFiles = { rawBase: world.raw, cleanBase: world.clean, places: world.places, timeScale: 1 };
const ofBuckets = {
  rawBase: 's3://raw-data-lake/in',
  cleanBase: 's3://clean-data-lake/out',
  places: buckets.places,
  timeScale: 1,
};
type Settings = typeof ofFiles;

/** A store that fails on any access. */
const untouchable = new Proxy(new MemoryStore(), {
  get: (_, name) => () => {
    throw new Error(`${String(name)}: a refused place was touched`);
  },
});

const batchDate = '2026-02-08';
const reasons = async (settings: Settings, detail: object): Promise<readonly string[]> => {
  const answer = await validateInput(untouchable, settings, { detail: { batchDate, ...detail } });
  return answer.valid ? [] : answer.reasons;
};
const batchReasons = async (settings: Settings, request: object): Promise<readonly string[]> => {
  const answer = await planBatch(untouchable, settings, { request, scheduledAt: `${batchDate}T01:00:00Z` });
  return answer.valid ? [] : answer.reasons;
};

const sources: [Settings, string][] = [
  ...[
    ...world.hostileFiles,
    ...world.hostileLinks,
    '../secret/dia.csv',
    'ventas/../../secret/dia.csv',
    'out/dia.csv',
  ].map((uri): [Settings, string] => [ofFiles, uri]),
  ...[...buckets.hostileSources, '../dia.csv', 'a/../../dia.csv'].map((uri): [Settings, string] => [ofBuckets, uri]),
];
const destinations: [Settings, string][] = [
  ...[...world.hostileDestinations, ...world.hostileDestinationLinks].map((uri): [Settings, string] => [ofFiles, uri]),
  ...buckets.hostileDestinations.map((uri): [Settings, string] => [ofBuckets, uri]),
];
const good = (settings: Settings) => (settings === ofFiles ? 'ventas/dia.csv' : 's3://raw-data-lake/in/ventas/dia.csv');

describe('validateInput', () => {
  test.each(sources)('%# refuses the source %s before it is read', async (settings, s3Key) =>
    expect(await reasons(settings, { s3Key })).toEqual([expect.stringMatching(/^detail\.s3Key: \S+ .*: \w+/)]),
  );
  test.each(destinations)('%# refuses the destination %s', async (settings, destination) =>
    expect(await reasons(settings, { s3Key: good(settings), destination })).toEqual([
      expect.stringMatching(/^detail\.destination: \S+ .*: \w+/),
    ]),
  );
  test.each(sources.filter(([, uri]) => uri.includes('://')))('%# refuses to replace %s', async (settings, replaces) =>
    expect(await reasons(settings, { s3Key: good(settings), replaces })).toEqual([
      expect.stringMatching(/^detail\.replaces: /),
    ]),
  );
  test.each(buckets.nonsense)('rejects %s as an address', async (uri) => {
    expect(await reasons(ofBuckets, { s3Key: uri })).toHaveLength(1);
    expect(await reasons(ofBuckets, { s3Key: good(ofBuckets), destination: uri })).toHaveLength(1);
  });

  test('the reason names the key, the address and the variable to change', async () => {
    const detail = { s3Key: 'file:///etc/passwd', destination: 's3://another-bucket' };
    expect(await reasons(ofBuckets, detail)).toEqual([
      'detail.s3Key: file:///etc/passwd lies outside the allowed sources, s3://raw-data-lake/in: choose a place below them, or add its prefix to ETL_SOURCE_PREFIXES',
      'detail.destination: s3://another-bucket lies outside the allowed destinations, s3://clean-data-lake/out, s3://clean-data-lake/others: choose a place below them, or add its prefix to ETL_DESTINATION_PREFIXES',
    ]);
  });

  test('allows any source and destination when every file is allowed, as for the command', async () => {
    const every = { sources: ['file:///'], destinations: ['file:///'] };
    const answer = await validateInput(
      confineStore(openStore(), every),
      { ...ofFiles, places: every },
      { detail: { s3Key: world.at('secret/dia.csv'), batchDate, destination: world.at('new/lake') } },
    );
    expect(answer).toMatchObject({ valid: true, plan: { destination: world.at('new/lake') } });
  });

  test('allows the raw and the clean base when no lists are set', async () => {
    const { places: _, ...settings } = ofFiles;
    const validate = (detail: object) => validateInput(openStore(), settings, { detail: { batchDate, ...detail } });
    expect(await validate({ s3Key: 'ventas/dia.csv' })).toMatchObject({ valid: true });
    expect(await validate({ s3Key: 'ventas/dia.csv', destination: `${world.clean}/team` })).toMatchObject({
      valid: true,
    });
    expect(await validate({ s3Key: 'file:///etc/passwd' })).toMatchObject({ valid: false });
    expect(await validate({ s3Key: 'ventas/dia.csv', destination: world.raw })).toMatchObject({ valid: false });
  });

  test('refuses a destination in the folder of a dataset', async () => {
    const store = new MemoryStore();
    store.objects.set('s3://raw-data-lake/in/ventas/dia.csv', Buffer.from('a,b\n1,2\n'));
    store.objects.set('s3://clean-data-lake/out/_etl/ventas/2026-02-08/dia/commits/000001.json', Buffer.from('{}'));
    const validate = (destination: string) =>
      validateInput(store, ofBuckets, { detail: { s3Key: good(ofBuckets), batchDate, destination, dataset: 'otras' } });
    for (const destination of ['s3://clean-data-lake/out/ventas', 's3://clean-data-lake/out/ventas/deep']) {
      expect(await validate(destination)).toMatchObject({
        valid: false,
        reasons: [
          `detail.destination: ${destination} lies in the dataset s3://clean-data-lake/out/ventas: choose a destination outside it`,
        ],
      });
    }
    expect(await validate('s3://clean-data-lake/out/ventas2')).toMatchObject({ valid: true });
  });
});

describe('planBatch', () => {
  test.each(sources)('%# refuses the prefix %s before it is listed', async (settings, prefix) =>
    expect(await batchReasons(settings, { prefix })).toEqual([expect.stringMatching(/^prefix: \S+ .*: \w+/)]),
  );
  test.each(destinations)('%# refuses the destination %s', async (settings, destination) =>
    expect(await batchReasons(settings, { prefix: 'ventas', detail: { destination } })).toEqual([
      expect.stringMatching(/^detail\.destination: /),
    ]),
  );
  test.each([
    ['s3://raw-data-lake/{yyyy}', undefined],
    ['s3://raw-data-lake/in/{date}/..', undefined],
    ['s3://raw-data-lake', undefined],
    ['ventas', 's3://raw-data-lake/'],
  ])('refuses the prefix %s that replaces %s', async (prefix, replaces) =>
    expect(await batchReasons(ofBuckets, { prefix, detail: replaces === undefined ? {} : { replaces } })).toHaveLength(
      1,
    ),
  );

  test('allows a prefix that contains the day below a source', async () => {
    const answer = await planBatch(new MemoryStore(), ofBuckets, {
      request: { prefix: 's3://raw-data-lake/in/{yyyy}/{MM}/{dd}' },
      scheduledAt: `${batchDate}T01:00:00Z`,
    });
    expect(answer).toMatchObject({ valid: true });
  });
});
