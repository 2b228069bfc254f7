import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { docker } from '../../local/docker/docker';
import { isPortFree } from '../../local/freePort';
import type { MachineSystem, RunRequest, startMachineSystem } from '../../step-functions/compare/ministack/system';
import type { reportObject } from '../../step-functions/compare/report';
import type { Side } from '../../step-functions/compare/side';
import { buildEtlImage } from '../support/docker';
import { withMinistackOnPath } from '../support/ministack';
import { readBatch } from '../support/parquet';
import { root, start } from '../support/processes';
import { publishedFolder } from '../support/publishedFolder';
import { etl, etlProcess, until } from '../support/system';

const withMinistack = process.env.ETL_TEST_DOCKER && process.env.ETL_TEST_MINISTACK ? describe : describe.skip;
const withTemporalToo = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

// The image may have to be built first.
jest.setTimeout(600_000);

withMinistack('the state machine on ministack', () => {
  let folder: string;
  beforeAll(async () => {
    await buildEtlImage();
    folder = await mkdtemp(join(tmpdir(), 'etl-machine-'));
    await mkdir(join(folder, 'ventas'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const put = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, 'ventas', name), content);
    return fileUri(join(folder, 'ventas', name));
  };
  const image = 'etl-worker:test';
  const path = withMinistackOnPath(process.env.PATH);

  describe('execution', () => {
    const before = process.env.PATH;
    let system: MachineSystem;
    beforeAll(async () => {
      // Uses the compiled function, because the compiled function is deployed.
      const compiled = require(join(root, 'dist', 'step-functions', 'compare', 'ministack', 'system.js'));
      const begin = (compiled as { startMachineSystem: typeof startMachineSystem }).startMachineSystem;
      const { signal } = new AbortController();
      process.env.PATH = path;
      system = await begin({
        image,
        workDir: join(folder, 'work'),
        timeScale: 0.01,
        messageLanguage: 'es',
        log: () => undefined,
        signal,
      });
    });
    afterAll(async () => {
      process.env.PATH = before;
      await system?.stop();
    });

    const run = (file: string, options: RunRequest['options'] = {}): Promise<Side> =>
      system.run({ file, batchDate: '2026-02-08', options, destination: fileUri(join(folder, 'lake')) });
    const namesOf = ({ steps }: Side) => steps.map(({ name }) => name);

    test('converts a valid file to Parquet and publishes the success to SNS', async () => {
      const side = await run(
        await put('ventas de hoy.csv', 'ID Venta,Fecha,Total\n1,08/02/2026,10.5\n2,13/02/2026,11\n'),
      );
      expect(side).toMatchObject({ status: 'SUCCEEDED', failureType: null, deadLetters: [] });
      expect(namesOf(side)).toEqual([
        'validate',
        'IsValid',
        'transform',
        'confirm',
        'HasSinks',
        'notifySuccess',
        'Delivered',
      ]);
      expect(side.messages).toEqual([
        { topic: 'etl-success', subject: 'ETL completado: 2026-02-08', firstLine: 'ETL completado para 2026-02-08' },
      ]);
      expect(side.manifest).toMatchObject({ dataset: 'ventas', generation: 1, totals: { rowsWritten: 2 } });
      const rows = await readBatch(publishedFolder(join(folder, 'lake'), 'ventas') ?? '');
      expect(rows).toEqual([
        { id_venta: 1n, fecha: new Date('2026-02-08'), total: 10.5 },
        { id_venta: 2n, fecha: new Date('2026-02-13'), total: 11 },
      ]);
      expect(side.apiCalls).toEqual({ 'lambda:Invoke': 2, 'ecs:RunTask': 1, 'sns:Publish': 1 });
      expect(side.billed).toEqual({ unit: 'state transitions', count: 7 });
      expect(side.functions.map(({ name }) => name)).toEqual(['etl-validate-input', 'etl-confirm-commit']);
      expect(side.tasks).toEqual([{ size: { cpu: 2048, memoryMiB: 8192 }, spot: false, seconds: expect.any(Number) }]);
    });

    test('an invalid file raises an alert and keeps the original event', async () => {
      const side = await run(await put('nada.csv', ''), { chunkRows: 10 });
      expect(side).toMatchObject({ status: 'FAILED', failureType: 'InvalidInput', manifest: null, tasks: [] });
      expect(namesOf(side)).toEqual(['validate', 'IsValid', 'notifyInvalid', 'keepInvalid', 'InvalidInput']);
      expect(side.messages).toMatchObject([
        { topic: 'etl-alerts', firstLine: 'Datos de entrada inválidos - verificar formato' },
      ]);
      const detail = {
        chunkRows: 10,
        s3Key: 's3://raw-data-lake/ventas/nada.csv',
        batchDate: '2026-02-08',
        destination: 's3://clean-data-lake',
      };
      expect(side.deadLetters).toEqual([{ failureType: 'InvalidInput', event: { detail } }]);
    });

    test('bad data fails the execution although ministack lets the task succeed', async () => {
      const file = await put('malas.csv', 'ID Venta,Total\n1,diez\n2,once\n');
      const side = await run(file, { columns: { total: 'double' } });
      expect(side).toMatchObject({ status: 'FAILED', failureType: 'CommitMissing', manifest: null });
      const { steps, tasks } = side;
      expect(steps.find(({ name }) => name === 'transform')).not.toHaveProperty('error');
      // Caught by its error name and not retried.
      expect(steps.find(({ name }) => name === 'confirm')).toMatchObject({ attempts: 1, error: 'CommitMissing' });
      expect(namesOf(side).slice(-3)).toEqual(['notifyFailure', 'keepFailed', 'Failed']);
      expect(side.messages).toMatchObject([{ topic: 'etl-alerts', firstLine: 'ETL FALLIDO: CommitMissing' }]);
      expect(side.deadLetters).toMatchObject([
        { failureType: 'CommitMissing', event: { detail: { columns: { total: 'double' } } } },
      ]);
      expect(tasks).toHaveLength(1);
    });
  });

  withTemporalToo('etl compare', () => {
    const stateDir = () => join(folder, 'state');
    const env = () => ({ PATH: path, ETL_COMPARE_IMAGE: image, ETL_STATE_DIR: stateDir(), ETL_TIME_SCALE: '0.02' });
    const compared = ['compare', 'samples/ventas.csv', '--date', '2026-02-08', '--json'];

    test('both engines publish the same bytes', async () => {
      const out = join(folder, 'out');
      const { exitCode, stdout, stderr } = await etlProcess([...compared, '--out', out], env());
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const report = JSON.parse(stdout) as ReturnType<typeof reportObject>;
      expect(report).toMatchObject({ agree: true, output: { equal: true }, messages: { equal: true } });
      expect(report.sides[1]).toMatchObject({ engine: 'Step Functions (ministack)', status: 'SUCCEEDED' });
      const [one, other] = ['temporal', 'step-functions'].map((side) =>
        readFile(join(publishedFolder(join(out, side), 'samples') ?? '', 'part-00001.parquet')),
      );
      expect(await one).toEqual(await other);
      expect(readdirSync(stateDir())).toEqual([]);
    });

    test('reports a missing image before it starts anything', async () => {
      const { exitCode, stderr } = await etl(compared, { ...env(), ETL_COMPARE_IMAGE: 'etl-worker:none' });
      expect(exitCode).toBe(69);
      expect(stderr.split('\n').filter(Boolean)).toEqual([
        expect.stringContaining('lacks the image etl-worker:none, which ETL_COMPARE_IMAGE names'),
        expect.stringContaining(`${compared.join(' ')} --interpreter local`),
      ]);
    });

    test('Ctrl-C during a comparison leaves no server, function or container', async () => {
      const { child, ended } = start(process.execPath, ['cli/etl.js', ...compared], { ...process.env, ...env() });
      let said = '';
      child.stderr?.on('data', (text) => {
        said += text;
      });
      const log = () => {
        const [own = ''] = readdirSync(stateDir());
        return readFileSync(join(stateDir(), own, 'step-functions', 'ministack.log'), 'utf8');
      };
      let [container, port]: (string | undefined)[] = [];
      try {
        await until('the machine runs', 60, () => said.includes('running on ministack'));
        [, container] = await until('its task runs', 60, () => /started container (\w+)/.exec(log()));
        [, port] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(log()) ?? [];
      } finally {
        child.kill('SIGINT');
        await ended;
      }
      const { exitCode, stderr } = await ended;
      expect(exitCode).toBe(130);
      expect(stderr).toContain('error: interrupted\nNo process was left running');
      expect(await docker(['ps', '-aq', '--no-trunc'])).not.toContain(container);
      expect(await isPortFree(Number(port))).toBe(true);
      expect(readdirSync(stateDir())).toEqual([]);
    });
  });
});
