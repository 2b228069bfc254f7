import { startsOf } from '@etl/pipeline/intake/starts';
import { withinPlaces } from '@etl/pipeline/intake/withinPlaces';
import { buckets, HostileWorld } from '../../support/hostilePlaces';
import { s3Object } from '../../support/s3Events';

const world = new HostileWorld();
afterAll(() => world.remove());

const read = (message: unknown, allowed = buckets.places as typeof world.places) =>
  withinPlaces(startsOf(JSON.stringify(message), 'm1', { timeZone: 'UTC' }, allowed.rawBase), allowed);
const detail = { s3Key: 'ventas/dia.csv', batchDate: '2026-02-08' };
const landed = (uri: string) => ({ landed: { uri, key: 'ventas/dia_2026-02-08.csv', mark: 'm' } });

test.each([...buckets.hostileSources, ...buckets.nonsense, '../dia.csv'])('%s starts nothing', (s3Key) => {
  for (const message of [{ detail: { ...detail, s3Key } }, ...(s3Key.includes('://') ? [landed(s3Key)] : [])]) {
    expect(read(message)).toMatchObject({ starts: [], problems: [expect.stringMatching(/^detail\.s3Key: /)] });
  }
});

test.each(world.hostileFiles)('%s starts nothing', (s3Key) =>
  expect(read({ detail: { ...detail, s3Key } }, world.places)).toMatchObject({
    starts: [],
    problems: [expect.stringMatching(/^detail\.s3Key: /)],
  }),
);

test.each([...buckets.hostileDestinations])('publishes nothing to %s', (destination) =>
  expect(read({ detail: { ...detail, destination } })).toMatchObject({
    starts: [],
    problems: [expect.stringMatching(/^detail\.destination: /)],
  }),
);

test.each(buckets.hostileSources)('replaces nothing delivered from %s', (replaces) =>
  expect(read({ detail: { ...detail, replaces } })).toMatchObject({
    starts: [],
    problems: [expect.stringMatching(/^detail\.replaces: /)],
  }),
);

test('starts the allowed files of a message', () => {
  const records = ['in/ventas/a_2026-02-08.csv', 'elsewhere/b_2026-02-08.csv'].map((key) => ({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'raw-data-lake' }, object: s3Object({ key }) },
  }));
  const { starts, problems } = read({ Records: records });
  expect(starts.map(({ sourceUri }) => sourceUri)).toEqual(['s3://raw-data-lake/in/ventas/a_2026-02-08.csv']);
  expect(problems).toEqual([expect.stringContaining('elsewhere/b_2026-02-08.csv lies outside the allowed sources')]);
});
