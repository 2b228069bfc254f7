import { sizeProblem } from '@etl/ecs/sizes';
import { ceilingBytes, defaultLightLimitBytes, lightLimits, policy, policyRows } from '@etl/pipeline/routing/policy';
import { noRouting, type RouteRequest, type RoutingSettings, route } from '@etl/pipeline/routing/route';

const withLane = (kind: 'lambda' | 'process', limitBytes = defaultLightLimitBytes): RoutingSettings => ({
  lightLane: { kind, limitBytes },
  taskSize: 'policy',
  spot: true,
});

type Changes = Omit<Partial<RouteRequest>, 'source'> & { source?: Partial<RouteRequest['source']> };

const request = ({ source, ...changes }: Changes = {}): RouteRequest => ({
  source: { kind: 's3', bytes: 1000, compression: 'none', rowBytes: 80, ...source },
  destination: 's3',
  chunkRows: 500_000,
  requested: {},
  ...changes,
});

const routed = (changes: Changes, settings = withLane('lambda')) => {
  const answer = route(request(changes), settings);
  if (!answer.ok) throw new Error(`refused: ${answer.reasons.join('; ')}`);
  return answer;
};
const refused = (changes: Changes, settings = withLane('lambda')): string => {
  const answer = route(request(changes), settings);
  if (answer.ok) throw new Error(`routed: ${answer.routing.reasons.join('; ')}`);
  return answer.reasons.join('\n');
};

describe('the routing policy', () => {
  test('has rows of increasing size, each with a larger valid Fargate task', () => {
    for (const [index, { upToBytes, size }] of policy.entries()) {
      expect(sizeProblem(size.cpu, size.memoryMiB)).toBeUndefined();
      const before = policy[index - 1];
      if (before === undefined) continue;
      expect(upToBytes).toBeGreaterThan(before.upToBytes);
      expect(size.cpu).toBeGreaterThan(before.size.cpu);
    }
    expect(policy.at(-1)?.upToBytes).toBe(ceilingBytes);
  });

  test('a light limit above the next row replaces it', () => {
    expect(policyRows(2e9).map(({ upToBytes }) => upToBytes)).toEqual([2e9, ceilingBytes]);
    expect(policyRows(5e6).map(({ upToBytes }) => upToBytes)).toEqual([5e6, 1e9, ceilingBytes]);
  });
});

describe('routing by size', () => {
  const MB = 1e6;
  test.each<[number, 'light' | 'fargate', number, RegExp]>([
    [1, 'light', 512, /^1 B is below the light limit of 100 MB: light lane, a function$/],
    [84 * MB, 'light', 512, /^84 MB is below the light limit of 100 MB: light lane/],
    [100 * MB, 'light', 512, /^100 MB is just the light limit of 100 MB: light lane/],
    [100 * MB + 1, 'fargate', 1024, /is above the light limit of 100 MB: Fargate$/],
    [1000 * MB, 'fargate', 1024, /^1 GB is above the light limit/],
    [1000 * MB + 1, 'fargate', 2048, /is above the light limit/],
    [ceilingBytes, 'fargate', 2048, /^1 TiB is above the light limit/],
  ])('%d bytes: %s, a task of %d CPU units', (bytes, lane, cpu, words) => {
    const { compute, routing } = routed({ source: { bytes } });
    expect(compute).toMatchObject({ lane, size: { cpu }, spot: true });
    expect(routing.reasons[0]).toMatch(words);
  });

  test('gives a reason for every decision about a task', () => {
    const { routing } = routed({ source: { bytes: 5e9 } });
    expect(routing.reasons).toEqual([
      '5 GB is above the light limit of 100 MB: Fargate',
      expect.stringContaining('2 vCPU and 4 GiB: keeps up with'),
      expect.stringContaining('Spot, then on-demand after repeated losses'),
    ]);
    expect(routing.estimate).toMatchObject({ tasks: 1 });
  });

  test.each<['gzip' | 'zstd', number, 'light' | 'fargate']>([
    ['gzip', 12.5e6, 'light'],
    ['gzip', 12.5e6 + 1, 'fargate'],
    ['zstd', 12.5e6, 'light'],
    ['zstd', 20e6, 'fargate'],
  ])('%s of %d stored bytes: %s', (compression, bytes, lane) => {
    const { compute, routing } = routed({ source: { bytes, compression } });
    expect(compute.lane).toBe(lane);
    expect(routing.reasons[0]).toContain(`of ${compression} are counted as`);
  });

  test('applies the light limit of the worker', () => {
    const settings = withLane('lambda', 10e6);
    expect(routed({ source: { bytes: 10e6 } }, settings).compute.lane).toBe('light');
    expect(routed({ source: { bytes: 10e6 + 1 } }, settings).compute.lane).toBe('fargate');
  });

  test('recommends another service above the ceiling, unless the event accepts the size', () => {
    const source = { bytes: ceilingBytes + 1 };
    expect(refused({ source })).toMatch(/exceeds the limit of 1 TiB: use AWS Glue or Amazon EMR, .*acceptSize/);
    expect(refused({ source: { bytes: ceilingBytes / 8 + 1, compression: 'gzip' } })).toMatch(/exceeds the limit/);
    expect(routed({ source, requested: { acceptSize: true } }).compute).toMatchObject({
      lane: 'fargate',
      size: { cpu: 2048 },
    });
  });
});

describe('routing by the available lanes', () => {
  test('sends everything to a task without a light lane', () => {
    const { compute, routing } = routed({}, { taskSize: 'policy', spot: false });
    expect(compute).toEqual({ lane: 'fargate', size: { cpu: 512, memoryMiB: 1024 }, spot: false });
    expect(routing.reasons[0]).toBe('no light lane is configured: Fargate');
    expect(routing.reasons).toContain('on demand, as configured on the worker');
  });

  test('leaves the size to the task definition without configuration', () => {
    expect(routed({}, noRouting).compute).toEqual({ lane: 'fargate', spot: false });
    expect(routed({}, noRouting).routing.reasons).toContain('the task definition sets the size');
  });

  test("sends files of the worker's machine to a process, but not to a function", () => {
    for (const changes of [{ source: { kind: 'file' as const } }, { destination: 'file' as const }]) {
      expect(routed(changes, withLane('lambda')).compute.lane).toBe('fargate');
      expect(routed(changes, withLane('process')).compute.lane).toBe('light');
    }
  });

  test('sends parts that do not fit in the /tmp of a function to a task', () => {
    const wide = { bytes: 12e6, compression: 'gzip' as const, rowBytes: 600 };
    expect(routed({ source: wide }).routing.reasons[1]).toMatch(/two parts need 600 MB.*512 MB: Fargate/);
    expect(routed({ source: wide, chunkRows: 100_000 }).compute.lane).toBe('light');
  });

  test('requests more storage for parts that do not fit in the free storage of a task', () => {
    const { compute, routing } = routed({ source: { bytes: 100e9, rowBytes: 2000 }, chunkRows: 10_000_000 });
    expect(compute.ephemeralStorageGiB).toBe(47);
    expect(routing.reasons).toContain('47 GiB of storage: two parts need 40 GB');
    expect(routed({ source: { bytes: 100e9 } }).compute.ephemeralStorageGiB).toBeUndefined();
  });
});

describe('routing by the request of the event', () => {
  test('follows the request and gives it as the reason', () => {
    const { compute, routing } = routed({ requested: { lane: 'fargate', cpu: 4096, memory: 8192, spot: false } });
    expect(compute).toEqual({ lane: 'fargate', size: { cpu: 4096, memoryMiB: 8192 }, spot: false });
    expect(routing.reasons).toEqual([
      'requested by the event: Fargate',
      'the event requests 4 vCPU and 8 GiB',
      'the event requests on-demand capacity',
    ]);
  });

  test.each([{ cpu: 1024, memory: 2048 }, { spot: true }, { ephemeralStorageGiB: 50 }, { shards: 4 }])(
    '%j requests a task',
    (requested) => {
      const { compute, routing } = routed({ requested });
      expect(compute.lane).toBe('fargate');
      expect(routing.reasons[0]).toContain(`compute.${Object.keys(requested)[0]}`);
    },
  );

  test.each([
    { spot: false },
    { lane: 'auto' as const },
    { shards: 1 },
    { timeoutSeconds: 60 },
    { deadlineMinutes: 10 },
  ])('%j does not request a task', (requested) => expect(routed({ requested }).compute.lane).toBe('light'));

  test('allows the light lane above its own limit, up to the limit of a function', () => {
    const bytes = lightLimits.mostBytes;
    expect(routed({ source: { bytes }, requested: { lane: 'light' } }).compute.lane).toBe('light');
    expect(refused({ source: { bytes: bytes + 1 }, requested: { lane: 'light' } })).toMatch(
      /compute\.lane: light: .*5 GB/,
    );
    const gzip = { bytes: bytes / 8 + 1, compression: 'gzip' as const };
    expect(refused({ source: gzip, requested: { lane: 'light' } })).toMatch(/5 GB/);
  });

  test('refuses a light lane that is missing or unsuitable', () => {
    const requested = { lane: 'light' as const };
    expect(refused({ requested }, noRouting)).toMatch(/no light lane: set LIGHT_FUNCTION/);
    expect(refused({ requested, source: { kind: 'file' } })).toMatch(/s3:\/\/ only/);
    expect(refused({ requested: { ...requested, shards: 2 } })).toMatch(/does not split/);
    expect(refused({ requested, source: { compression: 'gzip', rowBytes: 600 } })).toMatch(/\/tmp/);
  });

  test('ignores a requested lane where lanes are not supported', () => {
    const settings = { ...noRouting, ignoresLanes: true };
    expect(routed({ requested: { lane: 'light' } }, settings).compute).toEqual({ lane: 'fargate', spot: false });
  });
});
