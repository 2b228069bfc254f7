import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { reportObject } from '../../step-functions/compare/report';
import { root, start } from '../support/processes';
import { publishedFolder } from '../support/publishedFolder';
import { etl, etlProcess, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
type Report = ReturnType<typeof reportObject>;

withServer('etl compare with the interpreter', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-compare-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // A server that does not exist: the comparison must not use it.
  const env = () => ({ ETL_STATE_DIR: join(folder, 'state'), ETL_TIME_SCALE: '0.02', TEMPORAL_ADDRESS: '127.0.0.1:1' });
  const arguments_ = (file: string) => ['compare', file, '--date', '2026-02-08', '--interpreter', 'local', '--json'];
  const nothingIsLeft = () => expect(readdirSync(join(folder, 'state'))).toEqual([]);

  test('runs two comparisons at once: both engines deliver one file and reject the other', async () => {
    const out = join(folder, 'out');
    const [valid, invalid] = await Promise.all([
      etlProcess([...arguments_(join('samples', 'ventas.csv')), '--dataset', 'ventas', '--out', out], env()),
      etlProcess(arguments_(fileUri(join(folder, 'none.csv'))), env()),
    ]);
    expect([valid.exitCode, invalid.exitCode]).toEqual([0, 0]);
    expectDelivered(JSON.parse(valid.stdout) as Report, out);
    expectRefused(JSON.parse(invalid.stdout) as Report);
    nothingIsLeft();
  });

  function expectDelivered(report: Report, out: string): void {
    expect(report).toMatchObject({ agree: true, end: { text: 'equal, SUCCEEDED' }, output: { equal: true } });
    expect(report.messages).toEqual({ equal: true, text: 'equal, etl-success: ETL completado para 2026-02-08' });
    const [temporal, machine] = report.sides;
    const stages = ['validate', 'transform', 'confirm', 'notifySuccess'];
    expect(temporal?.steps.map(({ name }) => name)).toEqual(stages);
    expect(machine?.steps.map(({ name }) => name).filter((name) => stages.includes(name))).toEqual(stages);
    expect(temporal?.manifest?.totals.rowsRead).toBe(30);
    expect(machine?.manifest?.parts.map(({ sha256 }) => sha256)).toEqual(
      temporal?.manifest?.parts.map(({ sha256 }) => sha256),
    );
    expect(temporal?.apiCalls).toMatchObject({ 'ecs:RunTask': 1, 'sns:Publish': 1 });
    expect(machine?.apiCalls).toEqual({ 'ecs:RunTask': 1, 'lambda:Invoke': 2, 'sns:Publish': 1 });
    expect(machine?.billed).toEqual({ unit: 'state transitions', count: 7 });
    for (const side of report.sides) {
      expect(side.tasks).toHaveLength(1);
      expect(side.tasks[0]?.size).toEqual({ cpu: 2048, memoryMiB: 8192 });
      expect(side.costsUsd.run.total).toBeGreaterThan(0);
    }
    // Each engine has its own destination, which --out keeps.
    for (const name of ['temporal', 'step-functions']) {
      const published = publishedFolder(join(out, name), 'ventas') ?? '';
      expect(existsSync(join(published, '_SUCCESS'))).toBe(true);
    }
  }

  function expectRefused(report: Report): void {
    expect(report).toMatchObject({ agree: true, end: { text: 'equal, FAILED with InvalidInput' } });
    expect(report.messages.equal).toBe(true);
    expect(report.deadLetters).toEqual({ equal: true, text: 'equal, InvalidInput' });
    for (const side of report.sides) {
      expect(side.messages.map(({ firstLine }) => firstLine)).toEqual([
        'Datos de entrada inválidos - verificar formato',
      ]);
      expect(side.apiCalls).toMatchObject({ 'sns:Publish': 1, 'sqs:SendMessage': 1 });
      expect(side.apiCalls).not.toHaveProperty('ecs:RunTask');
      expect(side.manifest).toBeNull();
    }
  }

  test('Ctrl-C during a comparison leaves nothing running and the output folder empty', async () => {
    const out = join(folder, 'interrupted');
    const given = ['cli/etl.js', ...arguments_('samples/ventas.csv'), '--out', out];
    const { child, ended } = start(process.execPath, given, { ...process.env, ...env() });
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    await until('the workflow runs', 60, () => said.includes('Temporal: running'));
    child.kill('SIGINT');
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('error: interrupted\nNo process was left running');
    nothingIsLeft();
    expect(readdirSync(out)).toEqual([]);
  });

  test('an unexpected error names the folder of the logs', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    // A server that prints an error and never answers.
    await writeFile(join(bin, 'temporal'), '#!/bin/sh\necho "out of order" >&2\nexit 1\n', { mode: 0o755 });
    const stateDir = join(folder, 'unexpected');
    const changes = { ...env(), ETL_STATE_DIR: stateDir, PATH: `${bin}:${process.env.PATH}` };
    const { exitCode, stderr } = await etlProcess(arguments_('samples/ventas.csv'), changes);
    expect(exitCode).toBe(1);
    const [kept = ''] = readdirSync(stateDir);
    expect(stderr).toContain(`The logs are in ${join(stateDir, kept)}\n`);
    const log = join(stateDir, kept, 'temporal', 'state', 'logs', 'temporal.log');
    expect(await readFile(log, 'utf8')).toContain('out of order');
  });

  test.each([
    ['an output folder that is not empty', ['--out', 'samples'], 73, 'samples is not empty'],
    ['a file that is not on this machine', [], 64, 's3://bucket/x.csv is not a local file'],
  ])('refuses %s', async (_what, more, code, cause) => {
    const file = code === 64 ? 's3://bucket/x.csv' : join(root, 'samples', 'ventas.csv');
    const { exitCode, stderr } = await etl([...arguments_(file), ...more], env());
    expect(exitCode).toBe(code);
    expect(stderr).toContain(cause);
  });
});
