import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { handler as confirmCommit } from '../../../step-functions/lambdas/confirmCommit';
import { handler as convert } from '../../../step-functions/lambdas/convert';
import { handler as validateInput } from '../../../step-functions/lambdas/validateInput';
import { buckets, HostileWorld } from '../../support/hostilePlaces';
import { aRun } from './support';

const world = new HostileWorld();
const before = { ...process.env };
const configure = (variables: Readonly<Record<string, string>>) => {
  process.env = { ...before, ...variables };
};
const files = { S3_RAW_BUCKET: world.raw, S3_CLEAN_BUCKET: world.clean };
const s3 = { ...variablesOf(buckets.places), S3_CLEAN_BUCKET: 's3://clean-data-lake/out' };
afterEach(() => configure({}));
afterAll(() => world.remove());

const detail = { s3Key: 'ventas/dia.csv', batchDate: '2026-02-08' };
const validate = (changes: object) => validateInput({ event: { detail: { ...detail, ...changes } } });

test.each([
  ...[...world.hostileFiles, ...world.hostileLinks, '../secret/dia.csv'].map((uri) => [files, uri] as const),
  ...[...buckets.hostileSources, ...buckets.nonsense].map((uri) => [s3, uri] as const),
])('%# the function rejects the source %s', async (environment, s3Key) => {
  configure(environment);
  expect(await validate({ s3Key })).toMatchObject({
    valid: false,
    reasons: [expect.stringMatching(/^detail\.s3Key: /)],
  });
});

test.each([
  ...[...world.hostileDestinations, ...world.hostileDestinationLinks].map((uri) => [files, uri] as const),
  ...buckets.hostileDestinations.map((uri) => [s3, uri] as const),
])('%# the function rejects the destination %s', async (environment, destination) => {
  configure(environment);
  expect(await validate({ destination })).toMatchObject({
    valid: false,
    reasons: [expect.stringMatching(/^detail\.destination: /)],
  });
});

test('a plan from elsewhere does not widen what the function may read', async () => {
  configure(files);
  const answer = await validate({});
  if (!answer.valid) throw new Error(answer.reasons.join());
  const plan = { ...answer.plan, destination: world.at('secret') };
  await expect(confirmCommit({ plan, run: aRun })).rejects.toThrow('lies outside the places');
});

test('the caller of the converting function cannot widen what the function may read', async () => {
  configure(files);
  const environment = {
    ...{ BATCH_DATE: '2026-02-08', DATASET: 'd', SOURCE: 's', RUN_ID: 'r', RUN_STARTED_AT: '2026-02-08T01:00:00Z' },
    ...{ INPUT_FILE: world.at('secret/dia.csv'), OUTPUT_PREFIX: world.clean },
    ...{ ETL_SOURCE_PREFIXES: 'file:///', ETL_DESTINATION_PREFIXES: 'file:///', S3_RAW_BUCKET: 'file:///' },
  };
  const end = await convert({ environment, timeoutSeconds: 60 });
  expect(end).toMatchObject({ exitCode: 78, reason: expect.stringContaining('INPUT_FILE: ') });
});
