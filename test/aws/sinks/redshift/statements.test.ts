import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnsQuery, ledgerQuery } from '../../../../aws/sinks/redshift/catalog';
import { changesFor } from '../../../../aws/sinks/redshift/evolution';
import { loadErrorQueries } from '../../../../aws/sinks/redshift/loadErrors';
import { targetOf } from '../../../../aws/sinks/redshift/target';
import { loadSteps } from '../../../../aws/sinks/redshift/transaction';
import { command } from '../../../support/processes';
import { columnsOfEveryType, commitWith, redshiftSink } from '../../../support/redshift/samples';

const program = process.env.ETL_TEST_SQLFLUFF;
const withParser = program ? test : test.skip;

/** Every statement that the sink may send, with values in the place of parameters. */
function everyStatement(): string[] {
  const names = ['select', 'say "hi"', 'año', '名前', "it's", 'a:b', 'back\\slash', '100%', 'x'.repeat(127)];
  const columns = [...columnsOfEveryType, ...names.map((name) => ({ name, type: 'text', sourceName: name }) as const)];
  const commit = commitWith(columns, { dataset: "o'rders", source: 'back\\slash' });
  const target = targetOf(commit, redshiftSink());
  const existing = { table: [], ledger: [] };
  const created = changesFor(columns, existing, target, redshiftSink());
  const ledger = [{ name: 'source', type: 'character varying', length: 256 }];
  const recreated = changesFor(columns, { ...existing, ledger }, target, redshiftSink());
  const evolved = changesFor(
    columns,
    { ...existing, table: [{ name: 'text', type: 'character varying', length: 1 }] },
    target,
    redshiftSink(),
  );
  const queries = [columnsQuery, ledgerQuery(target), ...loadErrorQueries].map((sql) =>
    sql.replace(/(?<!:):[a-z_]+/g, "'value'"),
  );
  const empty = { ...commit, manifest: { ...commit.manifest, parts: [] } };
  return [
    ...[loadSteps(commit, redshiftSink(), "s3://lake/it's.json"), loadSteps(empty, redshiftSink(), '')]
      .flat()
      .map(({ sql }) => sql),
    ...[...created, ...recreated, ...evolved].flatMap(({ sqls }) => sqls),
    ...queries,
  ];
}

withParser('SQLFluff parses every statement as SQL of Redshift', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-sql-'));
  try {
    const statements = everyStatement();
    expect(statements.length).toBeGreaterThan(40);
    await writeFile(join(folder, 'all.sql'), statements.map((sql) => `${sql};\n`).join(''));
    const settings = ['--dialect', 'redshift', '--templater', 'raw', '--nocolor', join(folder, 'all.sql')];
    const { exitCode, stdout, stderr } = await command(program ?? '', ['parse', ...settings]);
    expect(stdout).toContain('copy_statement');
    expect([exitCode, stdout.split('\n').filter((line) => /unparsable|PRS/.test(line)), stderr]).toEqual([0, [], '']);
    // A mistake is found.
    await writeFile(join(folder, 'all.sql'), 'COPY "t" FROM s3 PARQUETS;\n');
    expect((await command(program ?? '', ['parse', ...settings])).stdout).toMatch(/unparsable/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a load has at most 40 statements, and none that ends the transaction', () => {
  const sqls = loadSteps(commitWith(columnsOfEveryType), redshiftSink(), 's3://lake/manifest.json').map(
    ({ sql }) => sql,
  );
  expect(sqls.length).toBeLessThanOrEqual(40);
  expect(sqls.filter((sql) => /TRUNCATE|COMMIT\b|VACUUM|ALTER/.test(sql))).toEqual([]);
});

test('a repeated request is the same request', () => {
  const steps = () => loadSteps(commitWith(columnsOfEveryType), redshiftSink(), 's3://lake/manifest.json');
  expect(steps()).toEqual(steps());
});
