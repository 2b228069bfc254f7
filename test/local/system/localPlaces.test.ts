import { localPlaces } from '../../../local/system/localPlaces';

test('allows every local file in addition to the configured places', () => {
  expect(localPlaces({})).toEqual({ ETL_SOURCE_PREFIXES: 'file:///', ETL_DESTINATION_PREFIXES: 'file:///' });
  expect(localPlaces({ S3_RAW_BUCKET: 'raw', S3_CLEAN_BUCKET: 's3://clean/lake' })).toEqual({
    ETL_SOURCE_PREFIXES: 'file:///,s3://raw',
    ETL_DESTINATION_PREFIXES: 'file:///,s3://clean/lake',
  });
});

test('keeps configured lists unchanged', () => {
  const lists = { ETL_SOURCE_PREFIXES: 'file:///data/in', ETL_DESTINATION_PREFIXES: 's3://clean' };
  expect(localPlaces(lists)).toEqual(lists);
});
