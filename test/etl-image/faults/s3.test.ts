import type { IncomingMessage } from 'node:http';
import type { Manifest } from '@etl/pipeline/manifest';
import { type Decide, type Fault, noFault as none, refusal } from '../../support/faultyProxy';
import { type Random, randomFrom } from '../../support/random';
import { shas } from './support/batch';
import { type Bucket, startBucket } from './support/bucket';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

/** Two chunks. The last row widens a column, so that the source is read twice. */
const csv = `id,amount\n${Array.from({ length: 35 }, (_, n) => `${n},${n === 34 ? '0.5' : n}\n`).join('')}`;
const other = csv.replaceAll(',1', ',7');
const slowDown = refusal(503, 'SlowDown');

withMoto('a container whose connection to S3 breaks', () => {
  let bucket: Bucket;
  let undisturbed: Manifest;
  let otherUndisturbed: Manifest;
  const whole = async (dataset: string, content: string): Promise<Manifest> => {
    await bucket.put(dataset, content);
    return (await bucket.deliver(dataset)).manifest;
  };
  beforeAll(async () => {
    bucket = await startBucket();
    [undisturbed, otherUndisturbed] = await Promise.all([whole('whole', csv), whole('other', other)]);
  }, 60_000);
  afterAll(() => bucket.stop());

  /** Runs a disturbed launch, and launches again if it fails. */
  const disturbed = async (dataset: string, decide: Decide, before: 'unread' | 'before' = 'unread') => {
    if (before === 'before') {
      await bucket.put(dataset, 'a\n1\n');
      const old = { RUN_ID: 'before', RUN_STARTED_AT: '2026-02-08T01:00:00Z' };
      await bucket.deliver(dataset, old);
    }
    await bucket.put(dataset, csv);
    const first = await bucket.run(dataset, decide);
    const { exitCode, stderr } = first;
    const visible = await bucket.seen(dataset).catch(String);
    const done = (await bucket.commits(dataset)).some(({ runId }) => runId === 'run');
    const allowed = exitCode === 0 ? ['run'] : done ? ['unread', 'run', before] : [before];
    const reported = exitCode === 0 || ([69, 74, 75].includes(exitCode ?? -1) && /(^|\n)error: .+\n.+\n$/.test(stderr));
    const { manifest } = exitCode === 0 ? first.last : await bucket.deliver(dataset, { GENERATION: '2' });
    const after = {
      seen: await bucket.seen(dataset).catch(String),
      commits: (await bucket.commits(dataset)).map(({ runId }) => runId),
      parts: manifest && shas(manifest),
    };
    const commits = before === 'before' ? ['before', 'run'] : ['run'];
    expect({
      dataset,
      reported: reported || `${exitCode} ${stderr}`,
      visible: allowed.includes(visible) || visible,
      after,
    }).toEqual({
      ...{ dataset, reported: true, visible: true },
      after: { seen: 'run', commits, parts: shas(undisturbed) },
    });
    return exitCode;
  };

  const isRead = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';
  const faults = {
    slowDown: () => slowDown,
    resetBefore: () => ({ kind: 'resetBefore' }),
    loseAnswer: () => ({ kind: 'loseAnswer' }),
    cutAfter: (random: Random) => ({ kind: 'cutAfter', bytes: random.below(400) }),
    stall: (random: Random) => ({ kind: 'stall', bytes: random.below(400), ms: 300 }),
  } satisfies Readonly<Record<string, (random: Random) => Fault>>;
  const kinds = ['slowDown', 'resetBefore', 'loseAnswer', 'cutAfter', 'stall'] as const;

  test.concurrent.each([
    ['read', isRead],
    ['write', (incoming: IncomingMessage) => !isRead(incoming)],
  ] as const)('every fourth %s meets a 503, a reset, a lost answer, a cut or a stall', async (what, concerns) => {
    const rounds = kinds.map((kind, seed) => {
      const random = randomFrom(seed);
      const decide: Decide = (incoming) => (concerns(incoming) && random.chance(0.25) ? faults[kind](random) : none);
      return disturbed(`${what}-${kind}`, decide);
    });
    const ends = await Promise.all(rounds);
    // Retries must succeed in some cases.
    expect(ends).toContain(0);
  });

  test.concurrent('replaces a batch with all disturbances at once', async () => {
    const rounds = [2, 3].map((seed) => {
      const random = randomFrom(100 + seed);
      const decide: Decide = () => (random.chance(0.1 * seed) ? faults[random.pick(kinds)](random) : none);
      return disturbed(`mixed-${seed}`, decide, 'before');
    });
    await Promise.all(rounds);
  });

  test.concurrent('exits with 69 on permanent errors of S3, publishes nothing partially, and the next generation completes', async () => {
    const denied: readonly (readonly [string, string, RegExp])[] = [
      ['checkpoint', 'PUT', /\/checkpoint\.json/],
      ['commit', 'PUT', /\/commits\//],
      ['manifest', 'PUT', /\/_manifest\.json/],
      ['source', 'GET', /\/raw\//],
    ];
    const rounds = denied.map(async ([name, verb, pattern]) => {
      const dataset = `denied-${name}`;
      const decide: Decide = ({ method, url = '' }) => (method === verb && pattern.test(url) ? slowDown : none);
      return [name, await disturbed(dataset, decide)];
    });
    expect(await Promise.all(rounds)).toEqual(denied.map(([name]) => [name, 69]));
  });

  test.concurrent('a source replaced before any request gives exit code 80 or one of both contents, never a mixture', async () => {
    const round = async (at: number) => {
      const dataset = `replaced-${at}`;
      await bucket.put(dataset, csv);
      let requests = 0;
      const decide: Decide = async ({ url = '' }) => {
        if (url.startsWith('/raw/') && ++requests === at) await bucket.put(dataset, other);
        // Each body breaks, so that the read resumes with the new content.
        return url.startsWith('/raw/') && requests < at ? { kind: 'cutAfter', bytes: 60 + 5 * requests } : none;
      };
      const { exitCode, last, stderr } = await bucket.run(dataset, decide);
      const parts = last.manifest && shas(last.manifest);
      const which = [undisturbed, otherUndisturbed].findIndex((each) => String(shas(each)) === String(parts));
      if (exitCode === 0) expect([at, which >= 0, await bucket.seen(dataset)]).toEqual([at, true, 'run']);
      else {
        expect([at, exitCode, await bucket.seen(dataset)]).toEqual([at, 80, 'unread']);
        expect(stderr).toMatch(/has changed since/);
      }
      return requests >= at ? exitCode : undefined;
    };
    const ends: (number | null | undefined)[] = [];
    for (let at = 1; !ends.includes(undefined) && at < 9; at += 4) {
      ends.push(...(await Promise.all([at, at + 1, at + 2, at + 3].map(round))));
    }
    expect(ends.filter((end) => end === 80).length).toBeGreaterThan(2);
  });

  test.each([
    ['read', 'GET', /\/raw\//, 2],
    ['write', 'PUT', /part-00002/, 1],
  ] as const)(
    'a %s that is never answered to its end is given up in time and sent again',
    async (what, verb, pattern, at) => {
      let matching = 0;
      const decide: Decide = ({ method, url = '' }) =>
        method === verb && pattern.test(url) && ++matching === at ? { kind: 'stall', bytes: 30 } : none;
      const dataset = `stalled-${what}`;
      await bucket.put(dataset, csv);
      const { exitCode } = await (await bucket.start(dataset, decide, { S3_TIMEOUT_SECONDS: '2' })).ended;
      const commits = await bucket.commits(dataset);
      expect([exitCode, await bucket.seen(dataset), commits.map(shas)]).toEqual([0, 'run', [shas(undisturbed)]]);
      expect(matching).toBeGreaterThan(at);
    },
  );
});
