import { type ContainerInput, type ContainerMode, containerEnvironment } from '@etl/pipeline/container';
import { parseEnvironment } from '../../etl-image/src/config/environment';

const input: ContainerInput = {
  ...{ inputUri: 'file:///in.csv', batchDate: '2026-02-08', dataset: 'd', source: 's', destination: 'file:///lake' },
  ...{ runId: 'r', generation: 2, runStartedAt: '2026-02-08T01:00:00Z', chunkRows: 5, options: {}, timeoutSeconds: 60 },
};
const index = 's3://lake/index.json';

describe('what a task is launched for', () => {
  test.each<ContainerMode>([
    { kind: 'convert' },
    { kind: 'index' },
    { kind: 'shard', number: 3, of: 8, indexUri: index },
    { kind: 'shard', number: 1, of: 1, indexUri: index, reconcileUri: 's3://lake/reconcile.json' },
    { kind: 'commit' },
    { kind: 'commit', shards: { of: 8, indexUri: index } },
  ])('%j comes out as it was put in', (mode) => {
    expect(parseEnvironment(containerEnvironment({ ...input, mode })).mode).toEqual(mode);
  });

  test('without a word it is a conversion', () => {
    const { MODE: _, ...rest } = containerEnvironment(input);
    expect(parseEnvironment(rest).mode).toEqual({ kind: 'convert' });
  });

  test.each<[Record<string, string>, RegExp[]]>([
    [{ MODE: 'publish' }, [/MODE: "publish" can be convert, index, shard or commit/]],
    [{ MODE: 'shard' }, [/SHARD: is missing: MODE=shard needs it/, /SHARD_INDEX: is missing/]],
    [{ MODE: 'shard', SHARD: '0/8', SHARD_INDEX: index }, [/SHARD: "0\/8" is no shard: write 1\/8/]],
    [{ MODE: 'shard', SHARD: '9/8', SHARD_INDEX: index }, [/SHARD: "9\/8" is no shard/]],
    [{ MODE: 'shard', SHARD: '1/20000', SHARD_INDEX: index }, [/at most 10000/]],
    [{ MODE: 'shard', SHARD: '1/8', SHARD_INDEX: 'index.json' }, [/SHARD_INDEX: "index.json" is no s3:/]],
    [{ MODE: 'shard', SHARD: '1/8', SHARD_INDEX: index, SHARDS: '8' }, [/SHARDS: MODE=shard does not take it/]],
    [{ MODE: 'convert', SHARD: '1/8' }, [/SHARD: MODE=convert does not take it/]],
    [{ SHARD_INDEX: index }, [/SHARD_INDEX: MODE=convert does not take it/]],
    [{ MODE: 'index', SHARD_INDEX: index }, [/SHARD_INDEX: MODE=index does not take it/]],
    [{ MODE: 'commit', SHARDS: '8' }, [/SHARD_INDEX: is missing: SHARDS needs it/]],
    [{ MODE: 'commit', SHARD_INDEX: index }, [/SHARDS: is missing: SHARD_INDEX needs it/]],
    [{ MODE: 'commit', SHARDS: '0', SHARD_INDEX: index }, [/SHARDS: "0"/]],
    [{ MODE: 'commit', SHARD_RECONCILE: index }, [/SHARD_RECONCILE: MODE=commit does not take it/]],
  ])('%j is refused by name', (variables, words) => {
    const env = { ...containerEnvironment(input), ...variables };
    for (const each of words) expect(() => parseEnvironment(env)).toThrow(each);
  });
});
