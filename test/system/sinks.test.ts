import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand } from '@aws-sdk/client-glue';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { RunReport } from '../../client/runPipeline';
import { redshiftSink } from '../support/redshift/samples';
import { canary } from '../support/redshift/warehouse';
import { etl, LocalSystemUnderTest, until } from '../support/system';
import { gate } from '../workflows/nightlyBatch/support';
import { AwsLake, canStartLake, raw } from './support/awsLake';

const withAll = process.env.ETL_TEST_TEMPORAL && canStartLake ? describe : describe.skip;

/** Returns an answer of the server as text, with decoded payloads. */
function textOf(answer: object): string {
  return JSON.stringify(answer, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
}

withAll('sinks on the services of AWS', () => {
  const datasets = mkdtempSync(join(tmpdir(), 'etl-sinks-'));
  let lake: AwsLake;
  let system: LocalSystemUnderTest;

  beforeAll(async () => {
    lake = await AwsLake.start();
    await lake.createDatabase('lake');
    const { secretArn, iamRole } = redshiftSink();
    const catalogOf = (database: string) => `catalog: { type: glue, database: ${database} }`;
    const columns = 'columns: { id: integer, amount: "decimal(12,2)", note: text }';
    const warehouse = `warehouse: { type: redshift, workgroup: analytics, database: dev, secretArn: "${secretArn}", iamRole: "${iamRole}" }`;
    const declare = (name: string, ...sinks: string[]) =>
      writeFile(
        join(datasets, `${name}.yaml`),
        `source: { pattern: "${name}/*.csv" }\n${columns}\nsinks:\n${sinks.map((sink) => `  ${sink}\n`).join('')}`,
      );
    await declare('sales', catalogOf('lake'), warehouse);
    await declare('returns', catalogOf('missing'), warehouse);
    system = await LocalSystemUnderTest.create({
      ...lake.env,
      ETL_DATASETS: datasets,
      ETL_TIME_SCALE: '0.02',
      ETL_LIGHT_LANE: 'auto',
    });
    await system.up();
  }, 90_000);
  afterAll(async () => {
    await system.remove();
    await lake.stop();
    rmSync(datasets, { recursive: true, force: true });
  });

  const run = (...args: string[]) => etl(args, { ...system.env, ...system.changes });
  const land = (key: string, rows: readonly string[]) => lake.put(key, `id,amount,note\n${rows.join('\n')}\n`);
  const deliver = async (dataset: string, source: string, day: string) => {
    const ended = await run('run', `s3://${raw}/${dataset}/${source}.csv`, '--date', day, '--json');
    return { ...ended, report: JSON.parse(ended.stdout) as RunReport };
  };
  const rowsOf = async (table: string): Promise<string[]> => {
    const columns = "to_char(batch_date, 'MM-DD'), source, id, amount, note";
    const rows = await lake.redshift(`SELECT ${columns} FROM public.${table} ORDER BY batch_date, source, id`);
    return rows.split('\n').map((row) => row.replaceAll(',', ' '));
  };
  const submissions = () => lake.warehouse.api.calls.filter(({ action }) => action === 'BatchExecuteStatement');

  test('a delivered batch is in the catalog and in the warehouse, and its run says so', async () => {
    await land('sales/north.csv', ['1,10.50,a', '2,-0.01,b']);
    const { exitCode, report } = await deliver('sales', 'north', '2026-02-08');
    expect({ exitCode, reason: report.reason }).toEqual({ exitCode: 0, reason: null });
    expect(report.sinks).toMatchObject([
      { sink: 'catalog', state: 'applied', commit: 1, detail: expect.stringContaining('lake.sales') },
      { sink: 'warehouse', state: 'applied', commit: 1, detail: expect.stringContaining('2 rows') },
    ]);
    expect(await rowsOf('sales')).toEqual(['02-08 north 1 10.50 a', '02-08 north 2 -0.01 b']);
    const [[file] = []] = [...(await lake.partitions('lake', 'sales')).values()];
    expect(file).toMatch(/^etl-commits\/sales\/2026-02-08\/north\/[^/]+\/part-00001\.parquet$/);
    expect(system.letters('outbox/etl-success').join()).toContain('lake.sales');
  });

  test('a replaced batch replaces its rows, and the partition switches to the new folder', async () => {
    const before = await lake.partitions('lake', 'sales');
    await land('sales/north.csv', ['1,11.00,a', '3,5.00,c', '4,6.00,d']);
    const { report } = await deliver('sales', 'north', '2026-02-08');
    expect(report.sinks).toMatchObject([{ commit: 2 }, { commit: 2 }]);
    expect(await rowsOf('sales')).toEqual(['02-08 north 1 11.00 a', '02-08 north 3 5.00 c', '02-08 north 4 6.00 d']);
    const after = await lake.partitions('lake', 'sales');
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(after).not.toEqual(before);
  });

  test('a failed sink fails the run after the commit; the command in its message finishes it', async () => {
    await land('returns/south.csv', ['1,1.00,x']);
    const { exitCode, report } = await deliver('returns', 'south', '2026-02-09');
    expect(exitCode).not.toBe(0);
    expect(report).toMatchObject({ status: 'FAILED', failureType: 'SinkFailed' });
    expect(report.reason).toMatch(/^the data is committed, but 1 of 2 sinks lack it: catalog: .*missing/);
    expect(await rowsOf('returns')).toEqual(['02-09 south 1 1.00 x']);
    await lake.createDatabase('missing');
    const submitted = submissions().length;
    const [, finish = ''] = /Finish with: npx etl (.+)$/.exec(report.reason ?? '') ?? [];
    const finished = await run(...finish.split(' '));
    expect(finished).toMatchObject({ exitCode: 0 });
    expect([...(await lake.partitions('missing', 'returns')).keys()]).toEqual(['2026-02-09 south']);
    // The ledger of the warehouse already has the commit.
    expect(submissions()).toHaveLength(submitted);
  });

  test('a catalog is rebuilt from the commit log alone', async () => {
    await land('sales/south.csv', ['9,9.00,z']);
    await deliver('sales', 'south', '2026-02-10');
    const before = await lake.partitions('lake', 'sales');
    expect([...before.keys()].sort()).toEqual(['2026-02-08 north', '2026-02-10 south']);
    await lake.glue.send(new DeleteTableCommand({ DatabaseName: 'lake', Name: 'sales' }));
    const rebuilt = await run('sink', 'replay', 'sales', '--sink', 'catalog', '--from', '2026-02-01');
    expect(rebuilt).toMatchObject({ exitCode: 0 });
    expect(await lake.partitions('lake', 'sales')).toEqual(before);
  });

  test('a worker that is killed while it waits for a statement does not submit it again', async () => {
    await land('sales/east.csv', ['5,5.00,e']);
    const submitted = submissions().length;
    const { passed, open } = gate();
    lake.warehouse.api.before = (sql) => (sql.startsWith('COPY') ? passed : undefined);
    try {
      const ended = deliver('sales', 'east', '2026-02-11');
      await until('a submitted load', 60, () => submissions().length > submitted);
      await until('a wait for the load', 30, () => pendingActivity('etl/sales/2026-02-11/east', 'awaitSink'));
      const worker = system.workerPid() ?? 0;
      process.kill(worker, 'SIGKILL');
      await until('another worker', 60, () => ![undefined, worker].includes(system.workerPid()));
      open();
      expect(await ended).toMatchObject({ exitCode: 0 });
    } finally {
      open();
      lake.warehouse.api.before = () => undefined;
    }
    expect(submissions()).toHaveLength(submitted + 1);
    expect((await rowsOf('sales')).filter((row) => row.includes('east'))).toEqual(['02-11 east 5 5.00 e']);
  });

  test('a cancelled run cancels its statement, and leaves the rows of the last commit', async () => {
    await land('sales/east.csv', ['6,6.00,f']);
    const { passed, open } = gate();
    lake.warehouse.api.before = (sql) => (sql.startsWith('COPY') ? passed : undefined);
    try {
      const ended = deliver('sales', 'east', '2026-02-11');
      await until('a wait for the load', 60, () => pendingActivity('etl/sales/2026-02-11/east', 'awaitSink'));
      await system.withClient((client) => client.workflow.getHandle('etl/sales/2026-02-11/east').cancel());
      await until('a cancelled statement', 30, () =>
        lake.warehouse.api.calls.some(({ action }) => action === 'CancelStatement'),
      );
      open();
      expect((await ended).report).toMatchObject({ status: 'CANCELED' });
    } finally {
      open();
      lake.warehouse.api.before = () => undefined;
    }
    expect((await rowsOf('sales')).filter((row) => row.includes('east'))).toEqual(['02-11 east 5 5.00 e']);
    expect(system.letters('outbox/etl-alerts').join()).toContain('the data is committed (commit 2)');
    // The batch is delivered, so that its next run only finishes the sinks.
    expect((await deliver('sales', 'east', '2026-02-11')).report).toMatchObject({
      alreadyDelivered: true,
      sinks: [{ commit: 2 }, { commit: 2 }],
    });
    expect((await rowsOf('sales')).filter((row) => row.includes('east'))).toEqual(['02-11 east 6 6.00 f']);
  });

  test('two runs of a batch at once leave the rows of the newest commit, once', async () => {
    await land('sales/west.csv', ['7,7.00,g']);
    await system.withClient(async (client) => {
      const detail = { s3Key: `s3://${raw}/sales/west.csv`, batchDate: '2026-02-12', force: true };
      const runs = [1, 2, 3].map((number) =>
        client.workflow.execute(workflowTypes.pipeline, {
          ...{ workflowId: `west-${number}`, taskQueue: taskQueues.main, args: [{ detail }] },
        }),
      );
      for (const { status, reason } of await Promise.allSettled(runs).then((ends) =>
        ends.map((end) => ({ status: end.status, reason: end.status === 'rejected' ? `${end.reason}` : '' })),
      ))
        expect({ status, reason }).toEqual({ status: 'fulfilled', reason: '' });
    });
    expect((await rowsOf('sales')).filter((row) => row.includes('west'))).toEqual(['02-12 west 7 7.00 g']);
    const ledger = await lake.redshift("SELECT commit_number FROM public.etl_commits_sales WHERE source = 'west'");
    const commits = await lake.keys('_etl/sales/2026-02-12/west/commits/');
    expect(ledger).toBe(`${commits.length}`);
    const status = await run('sink', 'status', '--dataset', 'sales', '--json');
    expect(status).toMatchObject({ exitCode: 0 });
  });

  test('the password of the secret appears in no history, log, file or object', async () => {
    const texts: string[] = [];
    await system.withClient(async (client) => {
      for await (const { workflowId, runId } of client.workflow.list()) {
        const handle = client.workflow.getHandle(workflowId, runId);
        texts.push(textOf(await handle.fetchHistory()), textOf((await handle.describe()).raw));
      }
    });
    // Histories have the ARN.
    expect(texts.filter((text) => text.includes(redshiftSink().secretArn)).length).toBeGreaterThan(5);
    for (const folder of ['outbox/etl-success', 'outbox/etl-alerts', 'dead-letters', 'logs'])
      texts.push(...system.letters(folder));
    texts.push(...(await lake.contents()));
    expect(texts.filter((text) => text.includes(canary))).toEqual([]);
  });

  async function pendingActivity(workflowId: string, name: string): Promise<boolean> {
    return system.withClient(async (client) => {
      const { raw: described } = await client.workflow.getHandle(workflowId).describe();
      return (described.pendingActivities ?? []).some((each) => each.activityType?.name === name);
    });
  }
});
