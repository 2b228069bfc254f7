import type { SinkCommit, SinkState } from '../../../../activities/ports';
import { Commits } from '../../../support/redshift/commits';
import type { Call, Fault } from '../../../support/redshift/dataApi';
import { redshiftSink } from '../../../support/redshift/samples';
import { canary, Warehouse } from '../../../support/redshift/warehouse';
import { thorough } from '../../../support/thorough';

const hasTools = Boolean(process.env.ETL_TEST_POSTGRES && process.env.ETL_TEST_PYTHON);
const withRedshift = hasTools ? test : test.skip;

let warehouse: Warehouse;
let commits: Commits;
const shown: unknown[] = [];
beforeAll(async () => {
  if (!hasTools) return;
  warehouse = await Warehouse.start();
  commits = await Commits.create(warehouse);
});
afterEach(() => {
  if (!hasTools) return;
  warehouse.api.fault = () => undefined;
  warehouse.api.before = () => undefined;
});
afterAll(async () => {
  await commits?.remove();
  await warehouse?.stop();
});

let tokens = 0;
const token = () => `fault-${++tokens}`;
const sink = redshiftSink();

/** Applies a commit; returns its end or its error. */
async function attempt(commit: SinkCommit, own = token()): Promise<SinkState | Error> {
  const end = await warehouse.apply(warehouse.writer(), commit, sink, own).catch((error: Error) => error);
  shown.push(end instanceof Error ? [end.name, end.message, end.stack] : end);
  return end;
}

/** Breaks the connection at one call. */
function breakAt(index: number, fault: Fault): void {
  let calls = 0;
  warehouse.api.fault = () => (calls++ === index ? fault : undefined);
}

describe('a worker that dies at any call', () => {
  withRedshift.each([
    ['break', 0],
    ['breakAfter', 1],
  ] as const)(
    'repeats the application (%s)',
    async (fault, offset) => {
      // The calls of an application: two queries with their polls, two changes, the load and its polls.
      // A quick run breaks each call in one of the two ways.
      for (let index = thorough ? 0 : offset; ; index += thorough ? 1 : 2) {
        const dataset = `dies_${fault.toLowerCase()}_${index}`;
        const commit = await commits.of('id\n1\n2\n', { dataset });
        const own = token();
        breakAt(index, fault);
        const first = await attempt(commit, own);
        warehouse.api.fault = () => undefined;
        expect(await attempt(commit, own)).toMatchObject({ state: 'applied' });
        expect(await warehouse.rows(`SELECT id, source FROM ${dataset} ORDER BY id`)).toEqual([
          ['1', 'a'],
          ['2', 'a'],
        ]);
        expect(await warehouse.rows(`SELECT commit_number FROM etl_commits_${dataset}`)).toEqual([['1']]);
        if (!(first instanceof Error)) break;
      }
    },
    180_000,
  );

  withRedshift('submits a load once, also if the answer is lost', async () => {
    const commit = await commits.of('id\n1\n', { dataset: 'lost' });
    const own = token();
    let broken = false;
    warehouse.api.fault = ({ action }) => {
      if (action !== 'BatchExecuteStatement' || broken) return undefined;
      broken = true;
      return 'breakAfter';
    };
    const release = warehouse.holdBack('LOCK');
    const writer = warehouse.writer({ ledger: 0.1 });
    await expect(writer.apply(commit, sink, warehouse.call(own))).rejects.toThrow();
    const again = await writer.apply(commit, sink, warehouse.call(own));
    const third = await writer.apply(commit, sink, warehouse.call(own));
    expect(third).toEqual(again);
    release();
    expect(await warehouse.follow(writer, again, commit, sink)).toMatchObject({ state: 'applied' });
  });
});

withRedshift(
  'a statement that fails at any step changes nothing',
  async () => {
    const first = await commits.of('id\n1\n', { dataset: 'steps' });
    await attempt(first);
    const words = [
      'LOCK',
      'SELECT 1 /',
      'CREATE TEMP',
      'COPY',
      'DELETE FROM "public"."etl_commits',
      'INSERT INTO "public"."etl_commits',
    ];
    for (const word of [...words, 'DELETE FROM "public"."steps"', 'INSERT INTO "public"."steps"', 'DROP']) {
      const commit = await commits.of('id\n2\n', { dataset: 'steps', number: 2 });
      warehouse.api.before = (sql, isBatch) => {
        if (isBatch && sql.startsWith(word)) throw new Error('disk full');
      };
      expect(await attempt(commit)).toEqual({
        state: 'failed',
        reason: expect.stringContaining('disk full'),
        retry: false,
      });
      expect(await warehouse.rows('SELECT id FROM steps')).toEqual([['1']]);
      expect(await warehouse.rows('SELECT commit_number FROM etl_commits_steps')).toEqual([['1']]);
    }
  },
  60_000,
);

withRedshift('a serializable isolation violation is retried', async () => {
  const commit = await commits.of('id\n1\n', { dataset: 'serial' });
  warehouse.api.before = (sql) => {
    if (sql.startsWith('INSERT INTO "public"."serial"'))
      throw new Error(
        '1023\n  Detail: Serializable isolation violation on table - 7, transactions forming the cycle are: 1, 2',
      );
  };
  expect(await attempt(commit)).toEqual({
    state: 'failed',
    reason: expect.stringMatching(/^the load into public\.serial failed at step insert: .*1023 Detail: Serializable/),
    retry: true,
  });
  warehouse.api.before = () => undefined;
  expect(await attempt(commit)).toMatchObject({ state: 'applied' });
});

withRedshift('other rows than those of the manifest change nothing', async () => {
  const before = await commits.of('id\n1\n', { dataset: 'counted' });
  await attempt(before);
  const commit = await commits.of('id\n1\n2\n', { dataset: 'counted', number: 2 });
  const totals = { ...commit.manifest.totals, rowsWritten: 3 };
  expect(await attempt({ ...commit, manifest: { ...commit.manifest, totals } })).toEqual({
    state: 'failed',
    reason: expect.stringContaining(
      'at step count: COPY did not load the 3 rows of the manifest. Check the commit folder',
    ),
    retry: false,
  });
  expect(await warehouse.rows('SELECT id FROM counted')).toEqual([['1']]);
});

describe('COPY that fails', () => {
  const tooLong = () =>
    commits.of('name\nsecret-value-of-a-customer-0123456789-0123456789-0123456789-0123456789\n', {
      ...{ dataset: 'lengths', maxBytes: { name: 10 } },
    });

  withRedshift('the reason has file, column and cause, but no value', async () => {
    const commit = await tooLong();
    const end = await attempt(commit);
    expect(end).toEqual({
      state: 'failed',
      reason: expect.stringMatching(
        /at step copy: ERROR: Load into table 'etl_stage' failed.* Load errors: s3:\/\/lake\/commits\/.*\.parquet, column name: Spectrum Scan Error: The length of the data column name is longer than the length defined in the table\. Table: 64, Data: 70, Value: "…"$/,
      ),
      retry: false,
    });
    expect(JSON.stringify(end)).not.toContain('secret-value');
  });

  withRedshift('on a cluster without the view of Serverless, the older view is read', async () => {
    const commit = await tooLong();
    await warehouse.sql.query('ALTER TABLE sys_load_error_detail RENAME TO hidden');
    expect(await attempt(commit)).toMatchObject({
      reason: expect.stringContaining('column name: Spectrum Scan Error'),
    });
    await warehouse.sql.query('ALTER TABLE hidden RENAME TO sys_load_error_detail');
  });

  withRedshift('a missing or changed part is an error', async () => {
    const commit = await commits.of('id\n1\n', { dataset: 'broken' });
    const [part] = commit.manifest.parts;
    if (!part) throw new Error('no part');
    const shorter = { ...commit.manifest, parts: [{ ...part, bytes: part.bytes - 1 }] };
    expect(await attempt({ ...commit, manifest: shorter })).toMatchObject({ state: 'failed', retry: false });
    expect(await attempt({ ...commit, folder: `${commit.folder}-gone` })).toMatchObject({
      state: 'failed',
      retry: false,
    });
    expect(await warehouse.rows('SELECT * FROM broken')).toEqual([]);
  });
});

withRedshift('a cancelled load changes nothing, and cancelling it again is not an error', async () => {
  const commit = await commits.of('id\n1\n', { dataset: 'cancelled' });
  const writer = warehouse.writer();
  const release = warehouse.holdBack('COPY');
  const started = await writer.apply(commit, sink, warehouse.call(token()));
  if (started.state !== 'running') throw new Error(started.state);
  await warehouse.locked('etl_commits_cancelled');
  await writer.cancel?.(started.statement, sink);
  release();
  expect(await warehouse.follow(writer, started, commit, sink)).toEqual({
    state: 'failed',
    reason: 'the load into public.cancelled was cancelled. Apply the commit again',
    retry: false,
  });
  await writer.cancel?.(started.statement, sink);
  await writer.cancel?.('00000000-0000-0000-0000-000000000000', sink);
  expect(await warehouse.rows('SELECT * FROM cancelled')).toEqual([]);
});

withRedshift('a statement that the Data API has forgotten is looked up in the ledger', async () => {
  const commit = await commits.of('id\n1\n', { dataset: 'forgotten' });
  const writer = warehouse.writer();
  const gone = '00000000-0000-0000-0000-000000000000';
  await writer.apply(await commits.of('id\n2\n', { dataset: 'forgotten', source: 'b' }), sink, warehouse.call(token()));
  expect(await writer.poll?.(gone, commit, sink)).toMatchObject({ state: 'failed', retry: true });
  await attempt(commit);
  expect(await writer.poll?.(gone, commit, sink)).toMatchObject({ state: 'applied' });
});

describe('a database that cannot be reached', () => {
  const faults: readonly [string, Fault, string, RegExp][] = [
    ['paused', { error: 'ValidationException', message: 'Cluster is paused.' }, 'ThrottledError', /cannot succeed now/],
    ['resuming', { error: 'DatabaseConnectionException', message: 'Resuming' }, 'ThrottledError', /cannot succeed now/],
    [
      'busy',
      { error: 'ActiveStatementsExceededException', message: 'too many' },
      'ThrottledError',
      /cannot succeed now|is throttled/,
    ],
    ['throttled', { error: 'ThrottlingException', message: 'Rate exceeded' }, 'ThrottledError', /is throttled/],
    ['expired', { error: 'ExpiredTokenException', message: 'expired' }, 'CredentialsError', /have expired/],
    [
      'unknown',
      { error: 'ValidationException', message: 'Unknown workgroup' },
      'SinkError',
      /Check the workgroup or cluster/,
    ],
    ['denied', { error: 'AccessDeniedException', message: 'not authorized' }, 'SinkError', /./],
  ];
  for (const action of ['ExecuteStatement', 'BatchExecuteStatement'])
    withRedshift.each(faults)(`%s at ${action}: nothing is submitted`, async (_name, fault, error, message) => {
      const commit = await commits.of('id\n1\n', { dataset: 'reached' });
      warehouse.api.fault = (call: Call) => (call.action === action ? fault : undefined);
      const end = (await attempt(commit)) as Error;
      expect([end.name, end.message]).toEqual([error, expect.stringMatching(message)]);
    });
});

withRedshift('the password of the secret is in no request, answer, state or error', () => {
  const { calls, answers } = warehouse.api;
  expect(calls.length).toBeGreaterThan(100);
  expect(calls.every(({ body }) => 'Id' in body || /^arn:/.test(String(body.SecretArn)))).toBe(true);
  expect(JSON.stringify([calls, answers, shown])).not.toContain(canary);
});
