import { fileUri } from '@etl/lib/fileUri';
import { parseConfig } from '../../config/environment';
import { ConfigError } from '../../config/errors';

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
};

describe('parseConfig', () => {
  test('configures the local system when nothing is set', () => {
    const config = parseConfig({});
    expect(config.ECS_CLUSTER).toBeUndefined();
    expect(config.rawBase).toBe(fileUri(process.cwd()));
    expect(parseConfig({ S3_CLEAN_BUCKET: 'clean-data' }).rawBase).toBeUndefined();
    expect(config.cleanBase).toMatch(/^file:\/\/\/.*\/\.etl\/lake$/);
    expect(config.ETL_TIME_SCALE).toBe(1);
  });

  test('accepts bucket names and URIs', () => {
    expect(parseConfig({ S3_RAW_BUCKET: 'raw-data-lake' }).rawBase).toBe('s3://raw-data-lake');
    expect(parseConfig({ S3_CLEAN_BUCKET: 's3://clean/lake' }).cleanBase).toBe('s3://clean/lake');
  });

  test('allows sources in the raw base and batches in the clean base, unless lists are set', () => {
    const buckets = { S3_RAW_BUCKET: 'raw-data', S3_CLEAN_BUCKET: 'clean-data' };
    const bases = { sources: ['s3://raw-data'], destinations: ['s3://clean-data'], rawBase: 's3://raw-data' };
    expect(parseConfig(buckets).places).toEqual(bases);
    expect(parseConfig({ S3_CLEAN_BUCKET: 'clean-data' }).places).toEqual({
      sources: [],
      destinations: ['s3://clean-data'],
    });
    const lists = { ETL_SOURCE_PREFIXES: 'raw-data/in, file:///data', ETL_DESTINATION_PREFIXES: 's3://clean-data/x/' };
    expect(parseConfig({ ...buckets, ...lists }).places).toEqual({
      ...bases,
      sources: ['s3://raw-data/in', 'file:///data'],
      destinations: ['s3://clean-data/x'],
    });
    const { sources, destinations, rawBase } = parseConfig({}).places;
    expect([sources, destinations, rawBase]).toEqual([
      [fileUri(process.cwd())],
      [fileUri('.etl/lake')],
      undefined, // the folder of the local system also holds its lake
    ]);
  });

  test('rejects a clean base that contains the raw base, and an invalid list', () => {
    expect(problemsOf({ S3_RAW_BUCKET: 's3://lake/raw', S3_CLEAN_BUCKET: 'lake' })).toEqual([
      expect.stringMatching(/^S3_CLEAN_BUCKET: .*contains S3_RAW_BUCKET, s3:\/\/lake\/raw/),
    ]);
    expect(problemsOf({ ETL_SOURCE_PREFIXES: 'raw-data,gs://x', ETL_DESTINATION_PREFIXES: ',' })).toHaveLength(2);
  });

  test('treats an empty variable as unset', () => {
    expect(parseConfig({ ECS_CLUSTER: '', DLQ_URL: '' }).DLQ_URL).toBeUndefined();
  });

  test('reports every invalid key at once', () => {
    const problems = problemsOf({
      S3_RAW_BUCKET: 'No Bucket',
      SUCCESS_TOPIC_ARN: 'topic',
      DLQ_URL: 'queue',
      ETL_TIME_SCALE: '7',
      LOG_LEVEL: 'loud',
      ETL_METRICS_ADDRESS: 'here',
    });
    for (const key of [
      'S3_RAW_BUCKET',
      'SUCCESS_TOPIC_ARN',
      'DLQ_URL',
      'ETL_TIME_SCALE',
      'LOG_LEVEL',
      'ETL_METRICS_ADDRESS',
    ]) {
      expect(problems.some((problem) => problem.startsWith(`${key}:`))).toBe(true);
    }
  });

  test("validates the intake's variables, including the keys shared with the event", () => {
    const { INTAKE_DETAIL, INTAKE_TIME_ZONE, INTAKE_MAX_OPEN } = parseConfig({
      INTAKE_DETAIL: '{"dialect":{"delimiter":";"}}',
    });
    expect(INTAKE_DETAIL).toEqual({ dialect: { delimiter: ';' } });
    expect([INTAKE_TIME_ZONE, INTAKE_MAX_OPEN]).toEqual(['UTC', 2000]);
    expect(problemsOf({ INTAKE_TIME_ZONE: 'Mars/Phobos', INTAKE_DETAIL: '[1]', INTAKE_QUEUE_URL: 'queue' })).toEqual([
      expect.stringMatching(/^INTAKE_QUEUE_URL: "queue" is not a URL$/),
      expect.stringMatching(/^INTAKE_TIME_ZONE: "Mars\/Phobos" is not a time zone/),
      expect.stringMatching(/^INTAKE_DETAIL: .*is not a JSON object$/),
    ]);
    const problems = problemsOf({ INTAKE_DETAIL: '{"source":"x","chunkrows":1}' });
    expect(problems).toEqual([
      expect.stringMatching(/^INTAKE_DETAIL: .*source: is set for each file: remove it$/),
      expect.stringMatching(/^INTAKE_DETAIL: .*chunkrows: unknown key$/),
    ]);
  });

  test('bounds the light lane by what a function can convert', () => {
    expect(parseConfig({})).toMatchObject({ ETL_LIGHT_LANE: 'auto', ETL_LIGHT_LIMIT_MB: 100, ETL_SPOT: 'true' });
    expect(problemsOf({ ETL_LIGHT_LIMIT_MB: '5001', ETL_LIGHT_LANE: 'on', ETL_TASK_SIZE: 'large' })).toHaveLength(3);
  });

  test('requires dependent variables together', () => {
    expect(problemsOf({ ECS_CLUSTER: 'c' }).map((problem) => problem.split(':')[0])).toEqual([
      'ECS_TASK_DEFINITION',
      'ECS_SUBNETS',
    ]);
    expect(problemsOf({ ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:a' })).toHaveLength(1);
  });
});
