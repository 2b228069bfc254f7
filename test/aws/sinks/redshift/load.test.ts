import { Commits } from '../../../support/redshift/commits';
import { redshiftSink } from '../../../support/redshift/samples';
import { Warehouse } from '../../../support/redshift/warehouse';

const hasTools = Boolean(process.env.ETL_TEST_POSTGRES && process.env.ETL_TEST_PYTHON);
const withRedshift = hasTools ? test : test.skip;

let warehouse: Warehouse;
let commits: Commits;
beforeAll(async () => {
  if (!hasTools) return;
  warehouse = await Warehouse.start();
  commits = await Commits.create(warehouse);
});
afterAll(async () => {
  await commits?.remove();
  await warehouse?.stop();
});

let tokens = 0;
const token = () => `token-${++tokens}`;
const writer = () => warehouse.writer();

withRedshift('loads every type exactly', async () => {
  const csv = [
    'id;small;ratio;flag;day;at;stamp;instant;amount;tiny;doc;name',
    `1;7;0.1;true;2026-01-31;23:59:59.123456;2026-01-31 12:00:00.000001;2026-01-31T12:00:00.123456+02:00;1234567890123456789012345678.0123456789;-0.05;{"a":1};O'Brien "x" \\ ñ 😀`,
    '9223372036854775807;-2147483648;1e300;false;0001-01-01;00:00:00;9999-12-31 23:59:59.999999;1900-01-01T00:00:00Z;-9999999999999999999999999999.9999999999;99.99;[];',
    ';;;;;;;;;;;x',
  ].join('\n');
  const commit = await commits.of(csv, {
    dataset: 'types',
    columns: {
      ...{ id: 'integer', small: 'int32', ratio: 'double', flag: 'boolean', day: 'date', at: 'time' },
      ...{ stamp: 'timestamp', instant: 'timestamptz', amount: 'decimal(38,10)', tiny: 'decimal(4,2)', doc: 'json' },
      name: 'text',
    },
    maxBytes: { doc: 7, name: 30 },
  });
  const state = await warehouse.apply(writer(), commit, redshiftSink(), token());
  expect(state).toEqual({ state: 'applied', detail: '3 rows of 2026-02-08/a in public.types' });
  await warehouse.sql.query("SET TIME ZONE 'UTC'");
  expect(await warehouse.rows('SELECT * FROM types ORDER BY id')).toEqual([
    [
      ...['1', '7', '0.1', 't', '2026-01-31', '23:59:59.123456', '2026-01-31 12:00:00.000001'],
      ...['2026-01-31 10:00:00.123456+00', '1234567890123456789012345678.0123456789', '-0.05', '{"a":1}'],
      ...[`O'Brien "x" \\ ñ 😀`, '2026-02-08', 'a'],
    ],
    [
      ...['9223372036854775807', '-2147483648', '1e+300', 'f', '0001-01-01', '00:00:00', '9999-12-31 23:59:59.999999'],
      ...['1900-01-01 00:00:00+00', '-9999999999999999999999999999.9999999999', '99.99', '[]', null],
      ...['2026-02-08', 'a'],
    ],
    [...Array<null>(11).fill(null), 'x', '2026-02-08', 'a'],
  ]);
  const types = await warehouse.rows(
    "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'types'::regclass AND attnum > 0 ORDER BY attnum",
  );
  expect(types.flat()).toEqual([
    ...['bigint', 'integer', 'double precision', 'boolean', 'date', 'time without time zone'],
    ...['timestamp without time zone', 'timestamp with time zone', 'numeric(38,10)', 'numeric(4,2)'],
    ...['character varying(64)', 'character varying(64)', 'date', 'character varying(256)'],
  ]);
});

withRedshift('loads columns whose names are reserved words, quotes or any script', async () => {
  const commit = await commits.of('Select,"say ""hi""",año:x,名前\n1,2,3,4\n', { dataset: 'names' });
  expect(await warehouse.apply(writer(), commit, redshiftSink(), token())).toMatchObject({ state: 'applied' });
  expect(await warehouse.rows('SELECT "select", "say_""hi""", "año:x", "名前" FROM names')).toEqual([
    ['1', '2', '3', '4'],
  ]);
});

withRedshift('loads all parts of a commit, and replaces only the rows of its batch', async () => {
  const sink = redshiftSink();
  const first = await commits.of('id\n1\n2\n3\n4\n5\n', { dataset: 'parts', chunkRows: 2 });
  expect(first.manifest.parts.length).toBe(3);
  const other = await commits.of('id\n9\n', { dataset: 'parts', source: 'b' });
  const second = await commits.of('id\n7\n', { dataset: 'parts', number: 2 });
  for (const commit of [first, other, second])
    expect(await warehouse.apply(writer(), commit, sink, token())).toMatchObject({ state: 'applied' });
  expect(await warehouse.rows('SELECT id, source FROM parts ORDER BY id')).toEqual([
    ['7', 'a'],
    ['9', 'b'],
  ]);
  expect(
    await warehouse.rows(
      'SELECT source, dataset, commit_number, run_id, row_count FROM etl_commits_parts ORDER BY source',
    ),
  ).toEqual([
    ['a', 'parts', '2', second.manifest.runId, '1'],
    ['b', 'parts', '1', other.manifest.runId, '1'],
  ]);
});

withRedshift('a commit without rows removes the rows of its batch', async () => {
  const first = await commits.of('id\n1\n', { dataset: 'emptied' });
  const full = { ...first.manifest, totals: { ...first.manifest.totals, rowsWritten: 0 }, parts: [] };
  const empty = { ...first, number: 2, manifest: full };
  for (const commit of [first, empty])
    expect(await warehouse.apply(writer(), commit, redshiftSink(), token())).toMatchObject({ state: 'applied' });
  expect(await warehouse.rows('SELECT * FROM emptied')).toEqual([]);
  expect(await warehouse.rows('SELECT commit_number, row_count FROM etl_commits_emptied')).toEqual([['2', '0']]);
});

withRedshift('an applied commit is not loaded again, and an older one is superseded, without COPY', async () => {
  const older = await commits.of('id\n1\n', { dataset: 'replayed', number: 1 });
  const newer = await commits.of('id\n2\n', { dataset: 'replayed', number: 2 });
  await warehouse.apply(writer(), newer, redshiftSink(), token());
  warehouse.api.calls.length = 0;
  expect(await writer().apply(newer, redshiftSink(), warehouse.call(token()))).toEqual({
    state: 'applied',
    detail: '1 row of 2026-02-08/a in public.replayed',
  });
  expect(await writer().apply(older, redshiftSink(), warehouse.call(token()))).toEqual({ state: 'superseded' });
  expect(warehouse.api.calls.map(({ action }) => action)).not.toContain('BatchExecuteStatement');
  expect(await warehouse.rows('SELECT id FROM replayed')).toEqual([['2']]);
});

withRedshift('a table that was dropped is created again, and batches at once are all loaded again, once', async () => {
  const batches = await Promise.all(
    ['a', 'b', 'c'].map((source, index) => commits.of(`id\n${index}\n`, { dataset: 'dropped', source })),
  );
  const applyAll = () =>
    Promise.all(batches.map((commit) => warehouse.apply(writer(), commit, redshiftSink(), token())));
  await applyAll();
  await warehouse.sql.query('DROP TABLE dropped');
  for (const state of await applyAll()) expect(state).toMatchObject({ state: 'applied' });
  expect(await warehouse.rows('SELECT id, source FROM dropped ORDER BY id')).toEqual([
    ['0', 'a'],
    ['1', 'b'],
    ['2', 'c'],
  ]);
  expect(await warehouse.rows('SELECT source FROM etl_commits_dropped ORDER BY source')).toEqual([['a'], ['b'], ['c']]);
});

withRedshift(
  'the fence of the transaction stops loads that were submitted before a newer one ended',
  async () => {
    const sink = redshiftSink();
    const older = await commits.of('id\n1\n', { dataset: 'fenced', number: 1 });
    const newer = await commits.of('id\n2\n', { dataset: 'fenced', number: 2 });
    const release = warehouse.holdBack('COPY');
    const first = warehouse.writer();
    const started = await first.apply(newer, sink, warehouse.call(token()));
    await warehouse.locked('etl_commits_fenced');
    // The queries of the ledger wait for the load that locks it, and are given up.
    const impatient = warehouse.writer({ ledger: 0.1 });
    const late = await impatient.apply(older, sink, warehouse.call(token()));
    const again = await impatient.apply(newer, sink, warehouse.call(token()));
    expect([late.state, again.state]).toEqual(['running', 'running']);
    release();
    const ends = await Promise.all([
      warehouse.follow(first, started, newer, sink),
      warehouse.follow(first, late, older, sink),
      warehouse.follow(first, again, newer, sink),
    ]);
    expect(ends.map(({ state }) => state)).toEqual(['applied', 'superseded', 'applied']);
    expect(await warehouse.rows('SELECT id FROM fenced')).toEqual([['2']]);
  },
  60_000,
);

withRedshift(
  'runs at once end with the rows of the newest commit, once',
  async () => {
    const sink = redshiftSink();
    const all = await Promise.all(
      [1, 2, 3, 4].map((number) => commits.of(`id\n${number}\n${number}\n`, { dataset: 'raced', number })),
    );
    const ends = await Promise.all(all.map((commit) => warehouse.applyUntilEnd(commit, sink, token)));
    expect(ends.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(await warehouse.rows('SELECT id FROM raced')).toEqual([['4'], ['4']]);
    expect(await warehouse.rows('SELECT commit_number FROM etl_commits_raced')).toEqual([['4']]);
  },
  60_000,
);

withRedshift('adds columns, fills missing ones with null, and widens texts', async () => {
  const sink = redshiftSink();
  const first = await commits.of('id,name\n1,x\n', { dataset: 'evolved', source: 'a', maxBytes: { name: 1 } });
  const long = 'ñ'.repeat(100);
  const second = await commits.of(`note,name\nhi,${long}\n`, {
    dataset: 'evolved',
    source: 'b',
    maxBytes: { note: 2, name: 200 },
  });
  for (const commit of [first, second]) await warehouse.applyUntilEnd(commit, sink, token);
  expect(await warehouse.rows('SELECT id, name, note, source FROM evolved ORDER BY source')).toEqual([
    ['1', 'x', null, 'a'],
    [null, long, 'hi', 'b'],
  ]);
});

withRedshift(
  'batches that evolve one table at once all end',
  async () => {
    const sink = redshiftSink();
    const all = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((at) =>
        commits.of(`shared,own_${at % 4}\n${'x'.repeat(30 * (at + 1))},1\n`, {
          ...{ dataset: 'parallel', source: `s${at}`, maxBytes: { shared: 30 * (at + 1) } },
        }),
      ),
    );
    const ends = await Promise.all(all.map((commit) => warehouse.applyUntilEnd(commit, sink, token)));
    expect(ends.map(({ state }) => state)).toEqual(Array(6).fill('applied'));
    expect(
      await warehouse.rows('SELECT length(shared), own_0, own_1, own_2, own_3 FROM parallel ORDER BY source'),
    ).toEqual([
      ['30', '1', null, null, null],
      ['60', null, '1', null, null],
      ['90', null, null, '1', null],
      ['120', null, null, null, '1'],
      ['150', '1', null, null, null],
      ['180', null, '1', null, null],
    ]);
  },
  90_000,
);

withRedshift('an incompatible type changes nothing and names the remedy', async () => {
  await warehouse.sql.query('CREATE TABLE typed (id integer, batch_date date, source varchar(400))');
  const commit = await commits.of('id\n1.5\n', { dataset: 'typed' });
  await expect(writer().apply(commit, redshiftSink(), warehouse.call(token()))).rejects.toThrow(
    /Redshift table public.typed: column "id" is INTEGER, but the data has double \(DOUBLE PRECISION\)\. Declare the column's type in the dataset/,
  );
});

withRedshift('without create and evolve, names the statements to run', async () => {
  const commit = await commits.of('id\n1\n', { dataset: 'manual' });
  const apply = () => writer().apply(commit, redshiftSink({ create: false, evolve: false }), warehouse.call(token()));
  const statements = async (): Promise<string> =>
    /Run: (.*)$/.exec(
      await apply().then(
        () => '',
        (error: Error) => error.message,
      ),
    )?.[1] ?? '';
  const create = await statements();
  expect(create).toMatch(/^CREATE TABLE IF NOT EXISTS "public"."etl_commits_manual" .*; CREATE TABLE/);
  await warehouse.sql.query(create);
  await warehouse.sql.query('ALTER TABLE manual DROP COLUMN id');
  await warehouse.sql.query(await statements());
  expect(await apply()).toMatchObject({ state: 'running' });
});

withRedshift('a table that another dataset fills is refused', async () => {
  const sink = redshiftSink({ table: 'shared' });
  await warehouse.applyUntilEnd(await commits.of('id\n1\n', { dataset: 'one' }), sink, token);
  const other = await commits.of('id\n2\n', { dataset: 'two' });
  await expect(writer().apply(other, sink, warehouse.call(token()))).rejects.toThrow(
    /public.shared has batch 2026-02-08\/a of dataset one\. Set another table/,
  );
});
