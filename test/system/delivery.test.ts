import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import type { Manifest } from '@etl/pipeline/manifest';
import { parse } from 'csv-parse/sync';
import { writeSalesSample } from '../../local/samples/ventas';
import { type Cell, readBatch } from '../support/parquet';
import { command } from '../support/processes';
import { publishedFolder } from '../support/publishedFolder';
import { exitCodeOf, readTasks } from '../support/realTasks';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const temporal = process.env.ETL_TEST_TEMPORAL ?? 'temporal';

withServer('etl up in typical use', () => {
  let system: LocalSystemUnderTest;
  const fileOf = (name: string) => join(system.folder, `${name}.csv`);
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: '0.05' });
    const { ecs } = await system.up();
    // Slow enough for the tests to act during the run.
    const slow = (name: string, share: number) => {
      return { fault: 'slow', share, times: 1, where: { environment: { INPUT_FILE: fileUri(fileOf(name)) } } };
    };
    await putFaults(ecs, { rules: [slow('cancelled', 0.05), slow('killed', 0.1)] });
  });
  afterAll(() => system.remove());

  const run = async (file: string, ...options: string[]) => {
    const ended = await etl(
      ['run', file, '--date', '2026-02-08', '--out', join(system.folder, 'out'), '--json', ...options],
      system.env,
    );
    const report = JSON.parse(ended.stdout || '{}') as {
      workflowId: string;
      runId: string;
      status: string;
      failureType: string | null;
      manifest: Manifest | null;
    };
    return { ...ended, report };
  };

  test('delivers every cell of a CSV with the irregularities of real files', async () => {
    const file = join(system.folder, 'ventas', 'ventas_2026_02.csv');
    await mkdir(join(system.folder, 'ventas'));
    const counts = await writeSalesSample(file, 20_000);
    const { report, exitCode } = await run(file, '--dataset', 'ventas', '--options', '{"chunkRows":7000}');
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      workflowId: 'etl/ventas/2026-02-08/ventas_2026_02',
      status: 'COMPLETED',
      failureType: null,
    });
    expect(report.manifest?.totals).toEqual({
      rowsRead: 20_000,
      rowsWritten: 20_000 - counts.blank - counts.ragged,
      rowsBlank: counts.blank,
      rowsRejected: counts.ragged,
      datesCoerced: counts.badDates,
    });
    expect(report.manifest?.parts).toHaveLength(3);

    const [header = [], ...records] = parse(await readFile(file), { relax_column_count: true }) as string[][];
    const expected = records
      .filter((record) => record.length === header.length && record.some((field) => field !== ''))
      .map((record) => record.map((field, index) => expectedCell(header[index] ?? '', field)));
    const published = join(system.folder, 'out', 'ventas', 'batch_date=2026-02-08', 'source=ventas_2026_02');
    const rows = await readBatch(published);
    const lines = (of: readonly (readonly Cell[])[]) => of.map((row) => row.map(comparable).join('\t'));
    expect(lines(rows.map((row) => Object.values(row)))).toEqual(lines(expected));

    const [message = ''] = system.letters('outbox/etl-success');
    expect(JSON.parse(message)).toMatchObject({ body: expect.stringMatching(/^ETL completado para 2026-02-08\n/) });
  });

  test.concurrent('a pipeline can be started, queried and described with the temporal CLI', async () => {
    const address = ['--address', system.ready?.temporal ?? ''];
    const file = join(system.folder, 'by hand', 'ventas.csv');
    await mkdir(join(system.folder, 'by hand'));
    await copyFile('samples/ventas.csv', file);
    const input = JSON.stringify({ detail: { s3Key: fileUri(file), batchDate: '2026-02-08' } });
    const id = ['--workflow-id', 'by-hand'];
    const started = await command(temporal, [
      'workflow',
      'start',
      '--type',
      'etlPipeline',
      '--task-queue',
      'etl',
      ...id,
      '--input',
      input,
      ...address,
    ]);
    expect(started.stderr).toBe('');
    const result = await command(temporal, ['workflow', 'result', ...id, '-o', 'json', ...address]);
    expect(JSON.parse(result.stdout)).toMatchObject({
      status: 'COMPLETED',
      result: { delivered: { kind: 'delivered' } },
    });
    const queried = await command(temporal, ['workflow', 'query', ...id, '--type', 'status', '-o', 'json', ...address]);
    expect(queried.stdout).toContain('"done"');
    const published = publishedFolder(join(system.stateDir, 'lake'), 'by_hand') ?? '';
    expect(existsSync(join(published, '_SUCCESS'))).toBe(true);
  });

  test.concurrent('rejects invalid input with every reason, and keeps the event', async () => {
    const file = join(system.folder, 'bad.csv');
    await writeFile(file, '');
    const { report, exitCode } = await run(file);
    expect(exitCode).toBe(65);
    expect(report).toMatchObject({ status: 'FAILED', failureType: 'InvalidInput' });
    const alerts = system.letters('outbox/etl-alerts').map((text) => JSON.parse(text) as { body: string });
    const alert = alerts.find(({ body }) => body.includes('bad.csv'));
    expect(alert?.body).toMatch(/^Datos de entrada inválidos - verificar formato\n/);
    expect(alert?.body).toContain('the file is empty');
    const letters = system
      .letters('dead-letters')
      .map((text) => JSON.parse(text) as { event: { detail: { s3Key: string } } });
    expect(letters.some(({ event }) => event.detail.s3Key.endsWith('bad.csv'))).toBe(true);
  });

  test.concurrent('an event that fails twice has one dead letter, and none after its delivery', async () => {
    const file = join(system.folder, 'mended.csv');
    const letters = () => system.letters('dead-letters').filter((text) => text.includes('mended.csv'));
    await writeFile(file, '');
    await run(file);
    await run(file);
    expect(letters()).toHaveLength(1);
    await writeFile(file, 'a,b\n1,2\n');
    expect((await run(file)).exitCode).toBe(0);
    expect(letters()).toEqual([]);
  });

  test.concurrent("late bad data fails as BadData, with the container's reason and its log in the alert", async () => {
    const file = join(system.folder, 'later.csv');
    const rows = Array.from({ length: 60_000 }, (_, n) => (n > 50_000 ? `${n}` : `${n},some text`));
    await writeFile(file, `a,b\n${rows.join('\n')}\n`);
    const { report, exitCode } = await run(file);
    expect(exitCode).toBe(65);
    expect(report).toMatchObject({ status: 'FAILED', failureType: 'BadData' });
    const alerts = system.letters('outbox/etl-alerts').map((text) => JSON.parse(text) as { body: string });
    const alert = alerts.find(({ body }) => body.startsWith('ETL FALLIDO: BadData'));
    expect(alert?.body).toContain('9999 too few fields');
    expect(alert?.body).toContain('"event":"failed"');
    expect(alert?.body).toContain(`${system.ready?.ui}/namespaces/default/workflows/`);
  });

  const sample = async (name: string): Promise<string> => {
    await writeSalesSample(fileOf(name), 6000);
    return fileOf(name);
  };
  const inParts = ['--options', '{"chunkRows":1000}', '--no-wait'];
  const tasksOf = (workflowId: string) =>
    readTasks(join(system.stateDir, 'ecs')).filter((task) => task.workflowId === workflowId);
  const runningTask = (workflowId: string) =>
    until(`a task of ${workflowId} with a running program`, 30, () => {
      const [task] = tasksOf(workflowId);
      const pid = task?.programs?.programs[0]?.pid;
      return pid === undefined ? undefined : { arn: task?.arn, pid };
    });

  test.concurrent('cancel stops the task, awaits its end, sends an alert, and publishes nothing', async () => {
    const { report } = await run(await sample('cancelled'), ...inParts);
    await runningTask(report.workflowId);
    await command(temporal, [
      'workflow',
      'cancel',
      '--workflow-id',
      report.workflowId,
      '--address',
      system.ready?.temporal ?? '',
    ]);
    await system.withClient(async (client) => {
      await expect(client.workflow.getHandle(report.workflowId, report.runId).result()).rejects.toThrow();
      const { status } = await client.workflow.getHandle(report.workflowId, report.runId).describe();
      expect(status.name).toBe('CANCELLED');
    });
    expect(tasksOf(report.workflowId).map(exitCodeOf)).toEqual([143]);
    expect(existsSync(join(system.folder, 'out', 'etl', 'batch_date=2026-02-08', 'source=cancelled'))).toBe(false);
    expect(system.letters('outbox/etl-alerts').some((text) => text.includes('ETL FALLIDO: Cancelled'))).toBe(true);
  });

  test.concurrent('relaunches a killed task after the interval and completes the run', async () => {
    const { report } = await run(await sample('killed'), ...inParts);
    process.kill((await runningTask(report.workflowId)).pid, 'SIGKILL');
    await system.withClient(async (client) => {
      expect(await client.workflow.getHandle(report.workflowId).result()).toMatchObject({
        delivered: { kind: 'delivered' },
      });
    });
    expect(tasksOf(report.workflowId).map(exitCodeOf)).toEqual([137, 0]);
  });

  test('another worker resumes the same task when its worker is killed', async () => {
    const { report } = await run(await sample('orphaned'), ...inParts);
    const { arn, pid: program } = await runningTask(report.workflowId);
    // The task is held until the other worker awaits it.
    process.kill(program, 'SIGSTOP');
    await system.withClient(async (client) => {
      const run = client.workflow.getHandle(report.workflowId);
      const awaited = (attempt: number) =>
        until(`the task awaited by attempt ${attempt}`, 60, async () =>
          (await run.describe()).raw.pendingActivities?.some(
            (each) => each.activityType?.name === 'awaitTask' && each.lastStartedTime && (each.attempt ?? 0) >= attempt,
          ),
        );
      await awaited(1);
      process.kill(system.ready?.pids.worker ?? -1, 'SIGKILL');
      await awaited(2);
      process.kill(program, 'SIGCONT');
      expect(await run.result()).toMatchObject({ delivered: { byThisRun: true } });
    });
    expect(tasksOf(report.workflowId).map((task) => task.arn)).toEqual([arn]);
  });
});

function expectedCell(column: string, field: string): Cell {
  switch (column) {
    case 'ID Venta':
    case 'Cantidad':
      return field === '' || field === 'NA' ? null : BigInt(field);
    case 'Precio Unitario':
    case 'Total':
      return field === '' ? null : Number(field);
    case 'Fecha Venta': {
      const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(field) ?? [];
      const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
      return Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day) ? null : date;
    }
    default:
      return field === '' ? null : field;
  }
}

const comparable = (cell: Cell): string => (cell instanceof Date ? cell.toISOString() : String(cell));
