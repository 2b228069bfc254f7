import { noDatasets } from '@etl/pipeline/dataset/datasets';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { parseConfig } from '../../../config/environment';
import { ConfigError } from '../../../config/errors';
import { startIntakes } from '../../../workers/intake/startIntakes';

const buckets = { S3_RAW_BUCKET: 'raw-data', S3_CLEAN_BUCKET: 'clean-data' };

test.each<[Record<string, string>, RegExp]>([
  [{ INTAKE_FOLDER: '/data/in' }, /INTAKE_FOLDER: file:\/\/\/data\/in lies outside the allowed sources/],
  [
    { INTAKE_DETAIL: '{"destination":"s3://another"}' },
    /INTAKE_DETAIL: destination: s3:\/\/another lies outside the allowed destinations/,
  ],
])('%j fails the worker at its start, not file by file', (env, reason) => {
  const start = () =>
    startIntakes(
      parseConfig({ ...buckets, ...env }),
      {} as Client,
      { send: async () => '' },
      pino({ enabled: false }),
      async () => noDatasets,
    );
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(reason);
});
