import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ContainerInput, type ContainerMode, containerEnvironment } from '@etl/pipeline/container';
import { parseEnvironment } from '../../etl-image/src/config/environment';
import { withRunIdentity } from '../../etl-image/src/config/runIdentity';
import { reserveUnreachablePort } from '../../local/gate/unreachablePorts';

const input: ContainerInput = {
  ...{ inputUri: 'file:///in.csv', batchDate: '2026-02-08', dataset: 'd', source: 's', destination: 'file:///lake' },
  ...{ runId: 'r', generation: 2, runStartedAt: '2026-02-08T01:00:00Z', chunkRows: 5, options: {}, timeoutSeconds: 60 },
};
const index = 's3://lake/index.json';

describe('the mode of a launch', () => {
  test.each<ContainerMode>([
    { kind: 'convert' },
    { kind: 'index' },
    { kind: 'shard', number: 3, of: 8, indexUri: index },
    { kind: 'shard', number: 1, of: 1, indexUri: index, reconcileUri: 's3://lake/reconcile.json' },
    { kind: 'commit' },
    { kind: 'commit', shards: { of: 8, indexUri: index } },
  ])('%j survives the environment', (mode) => {
    expect(parseEnvironment(containerEnvironment({ ...input, mode })).mode).toEqual(mode);
  });

  test('the default is a conversion', () => {
    const { MODE: _, ...rest } = containerEnvironment(input);
    expect(parseEnvironment(rest).mode).toEqual({ kind: 'convert' });
  });

  test.each<[Record<string, string>, RegExp[]]>([
    [{ MODE: 'publish' }, [/MODE: "publish" is not one of convert, index, shard and commit/]],
    [{ MODE: 'shard' }, [/SHARD: is missing: MODE=shard requires it/, /SHARD_INDEX: is missing/]],
    [
      { MODE: 'shard', SHARD: '0/8', SHARD_INDEX: index },
      [/SHARD: "0\/8" is not a shard: expected a value such as 1\/8/],
    ],
    [{ MODE: 'shard', SHARD: '9/8', SHARD_INDEX: index }, [/SHARD: "9\/8" is not a shard/]],
    [{ MODE: 'shard', SHARD: '1/20000', SHARD_INDEX: index }, [/at most 10000/]],
    [{ MODE: 'shard', SHARD: '1/8', SHARD_INDEX: 'index.json' }, [/SHARD_INDEX: "index.json" is not an s3:/]],
    [{ MODE: 'shard', SHARD: '1/8', SHARD_INDEX: index, SHARDS: '8' }, [/SHARDS: not allowed with MODE=shard/]],
    [{ MODE: 'convert', SHARD: '1/8' }, [/SHARD: not allowed with MODE=convert/]],
    [{ SHARD_INDEX: index }, [/SHARD_INDEX: not allowed with MODE=convert/]],
    [{ MODE: 'index', SHARD_INDEX: index }, [/SHARD_INDEX: not allowed with MODE=index/]],
    [{ MODE: 'commit', SHARDS: '8' }, [/SHARD_INDEX: is missing: SHARDS requires it/]],
    [{ MODE: 'commit', SHARD_INDEX: index }, [/SHARDS: is missing: SHARD_INDEX requires it/]],
    [{ MODE: 'commit', SHARDS: '0', SHARD_INDEX: index }, [/SHARDS: "0"/]],
    [{ MODE: 'commit', SHARD_RECONCILE: index }, [/SHARD_RECONCILE: not allowed with MODE=commit/]],
  ])('%j is rejected with the name of the variable', (variables, words) => {
    const env = { ...containerEnvironment(input), ...variables };
    for (const each of words) expect(() => parseEnvironment(env)).toThrow(each);
  });
});

test.each([
  ['declared', { DATASET: 'ETL-Commits' }],
  ['derived from the folder of the file', { DATASET: '', INPUT_FILE: 'file:///raw/etl-commits/dia.csv' }],
])('rejects the folder of commits as a dataset, %s', (_how, variables) => {
  const env = { ...containerEnvironment(input), ...variables };
  expect(() => parseEnvironment(env)).toThrow(/DATASET: etl-commits is the name of the folder of commits/i);
});

describe('a task with only the file and its date', () => {
  const bare = { ...{ BATCH_DATE: '2026-02-08', RUN_ID: 'r', RUN_STARTED_AT: '2026-02-08T01:00:00Z' } };
  const buckets = { S3_RAW_BUCKET: 'raw-data-lake', S3_CLEAN_BUCKET: 's3://clean-data-lake/lake/' };

  test.each([
    ['ventas/ventas_2026_02.csv', 's3://raw-data-lake/ventas/ventas_2026_02.csv', 'ventas', 'ventas_2026_02'],
    ['s3://raw-data-lake/ventas/ventas_2026_02.csv', undefined, 'ventas', 'ventas_2026_02'],
    ['norte/ventas/dia.csv', 's3://raw-data-lake/norte/ventas/dia.csv', 'ventas', 'dia-HASH'],
    ['s3://other/x/y.csv', undefined, 'x', 'y-HASH'],
    ['file:///data/x/y.csv', undefined, 'x', 'y-HASH'],
  ])('derives the rest for %s from its key, the buckets and the task', (file, uri, dataset, source) => {
    const env = parseEnvironment({ ...bare, ...buckets, INPUT_FILE: file });
    expect({ ...env, source: env.source.replace(/[0-9a-f]{12}$/, 'HASH') }).toMatchObject({
      inputUri: uri ?? file,
      dataset,
      source,
      destination: 's3://clean-data-lake/lake',
      generation: 1,
    });
  });

  test('publishes a local file next to it by default', () => {
    const env = parseEnvironment({ ...bare, INPUT_FILE: '/data/in/ventas 1.csv' });
    expect(env).toMatchObject({ inputUri: 'file:///data/in/ventas%201.csv', destination: 'file:///data/in/lake' });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ INPUT_FILE: 'ventas/x.csv' }, /INPUT_FILE: "ventas\/x.csv" is not .*S3_RAW_BUCKET, which is not set/],
    [{ INPUT_FILE: 's3://raw/ventas/x.csv' }, /OUTPUT_PREFIX: is missing: set it, or set S3_CLEAN_BUCKET/],
    [{ INPUT_FILE: '/x.csv', DATASET: '../raw' }, /DATASET: .*not a valid name/],
    [{ INPUT_FILE: '/x.csv', SOURCE: 'a/b' }, /SOURCE: .*not a valid name/],
    [{ INPUT_FILE: '/x.csv', S3_CLEAN_BUCKET: 'No bucket' }, /S3_CLEAN_BUCKET: .*neither a bucket name nor/],
    [{}, /INPUT_FILE: is missing/],
  ])('%j is rejected with the name of the variable', (variables, words) => {
    expect(() => parseEnvironment({ ...bare, ...variables })).toThrow(words);
  });
});

describe('withRunIdentity', () => {
  test('takes the ID of the ECS task from the metadata endpoint', async () => {
    const server = createServer((request, response) => {
      const arn = 'arn:aws:ecs:us-east-1:123456789012:task/etl/0123456789abcdef0123456789abcdef';
      response.end(request.url === '/v4/x/task' ? JSON.stringify({ TaskARN: arn }) : '{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const at = (path: string) => ({ ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:${port}${path}` });
    try {
      expect((await withRunIdentity(at('/v4/x'))).RUN_ID).toBe('0123456789abcdef0123456789abcdef');
      expect((await withRunIdentity(at('/other'))).RUN_ID).toMatch(/^[0-9a-f-]{36}$/);
      expect((await withRunIdentity({ ...at('/v4/x'), RUN_ID: 'mine' })).RUN_ID).toBe('mine');
    } finally {
      server.close();
    }
  });

  test('reads the metadata on a port that `fetch` blocks', async () => {
    const reserved = await reserveUnreachablePort(['127.0.0.1']);
    const server = createServer((_request, response) => response.end('{"TaskARN":"arn:aws:ecs:x:1:task/etl/0a"}'));
    await once(server.listen(reserved?.port, '127.0.0.1'), 'listening');
    const env = { ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:${reserved?.port}/v4/x` };
    try {
      await expect(fetch(env.ECS_CONTAINER_METADATA_URI_V4)).rejects.toThrow();
      expect((await withRunIdentity(env)).RUN_ID).toBe('0a');
    } finally {
      server.close();
      await reserved?.release();
    }
  });

  test('generates an ID and uses the start of the process without an endpoint', async () => {
    const { RUN_ID = '', RUN_STARTED_AT = '' } = await withRunIdentity({});
    expect(RUN_ID).toMatch(/^[0-9a-f-]{36}$/);
    expect(Date.parse(RUN_STARTED_AT)).toBeLessThanOrEqual(Date.now());
  });
});
