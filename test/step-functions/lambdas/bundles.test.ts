import { cp, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileUri } from '@etl/lib/fileUri';
import { containerEnvironment } from '@etl/pipeline/container';
import { layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { CommitAnswer, RunIdentity } from '../../../activities/contract';
import type { LightEnd } from '../../../activities/ports';
import type { ValidationAnswer } from '../../../step-functions/lambdas/validateInput';
import { Bench } from '../../support/container';
import { command, root } from '../../support/processes';

/** Folders of the tests' batches. */
const lakes = ['lake', 'by-function', 'by-container', 'none', 'late'];

/** Behaves as Lambda: loads the module, calls its handler, and returns an error's name and message. */
const runtime = `
const { handler } = require(process.argv[1]);
handler(JSON.parse(process.argv[2])).then(
  (answer) => console.log(JSON.stringify({ answer })),
  ({ name, message }) => console.log(JSON.stringify({ errorType: name, errorMessage: message })),
);`;

interface Ended<T> {
  readonly answer?: T;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

describe('the deployed bundles', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.create();
    await bench.file('ventas.csv', 'ID Venta,Total\n1,10.5\n2,11\n');
    // Outside the repository, whose node_modules would hide missing dependencies of a bundle.
    await cp(join(root, 'dist', 'lambda'), join(bench.folder, 'lambda'), { recursive: true });
  });
  afterAll(() => bench.remove());

  const run: RunIdentity = { workflowId: 'arn:execution', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };

  /** Runs one cold start. */
  async function invoke<T>(name: string, payload: unknown, changes: NodeJS.ProcessEnv = {}): Promise<Ended<T>> {
    const module = join(bench.folder, 'lambda', name, 'index.js');
    const { stdout, stderr, exitCode } = await command(
      process.execPath,
      ['-e', runtime, module, JSON.stringify(payload)],
      {
        S3_RAW_BUCKET: fileUri(bench.folder),
        S3_CLEAN_BUCKET: fileUri(join(bench.folder, 'lake')),
        ETL_DESTINATION_PREFIXES: lakes.map((name) => fileUri(join(bench.folder, name))).join(),
        ...changes,
      },
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Ended<T>;
  }
  const validate = (event: unknown) => invoke<ValidationAnswer>('validate-input', { event, run });
  const event = { detail: { s3Key: 'ventas.csv', batchDate: '2026-02-08', dataset: 'd', source: 's' } };

  test('validate, convert and confirm in separate processes', async () => {
    const { answer } = await validate(event);
    if (!answer?.valid) throw new Error(`not valid: ${JSON.stringify(answer)}`);
    const { plan, batch, options } = answer;
    expect(batch).toEqual({ dataset: 'd', batchDate: '2026-02-08', source: 's' });

    const missing = await invoke('confirm-commit', { plan, run });
    expect(missing).toEqual({ errorType: 'CommitMissing', errorMessage: expect.stringContaining('commit log') });

    const environment = containerEnvironment({
      ...batch,
      inputUri: plan.source.uri,
      destination: plan.destination,
      runId: run.runId,
      generation: 1,
      runStartedAt: run.startedAt,
      chunkRows: plan.chunkRows,
      options: JSON.parse(options),
      timeoutSeconds: plan.timings.timeoutSeconds,
    });
    expect((await bench.start({ ...environment, SCRATCH_DIR: bench.folder }).ended).exitCode).toBe(0);
    const confirmed = await invoke<CommitAnswer>('confirm-commit', { plan, run });
    expect(confirmed.answer).toMatchObject({ kind: 'delivered', byThisRun: true, totals: { rowsWritten: 2 } });

    const later = { ...run, runId: 'run-0', startedAt: '2026-02-08T00:00:00.000Z' };
    const other = { ...plan, source: { ...plan.source, fingerprint: 'another' } };
    expect(await invoke('confirm-commit', { plan: other, run: later })).toMatchObject({ errorType: 'Superseded' });
  });

  describe('convert', () => {
    const csv = `ID Venta,Fecha,Código,Notas\n${Array.from({ length: 3000 }, (_, row) => `${row},0${1 + (row % 9)}/02/2026,0${row},"una, nota"\n`).join('')}`;
    beforeAll(() => bench.file('muchas.csv', csv));
    const environmentOf = (lake: string, changes: Record<string, string> = {}) => ({
      ...bench.environment(join(bench.folder, 'muchas.csv'), { CHUNK_ROWS: '1000', ...changes }),
      OUTPUT_PREFIX: fileUri(join(bench.folder, lake)),
    });
    const convert = (environment: Record<string, string>, timeoutSeconds = 60) =>
      invoke<LightEnd>('convert', { environment, timeoutSeconds }, { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' });
    const manifestIn = async (lake: string) => {
      const { published } = layout(fileUri(join(bench.folder, lake)), {
        batchDate: '2026-02-08',
        dataset: 'd',
        source: 's',
      });
      const manifest = JSON.parse(await readFile(join(fileURLToPath(published), '_manifest.json'), 'utf8')) as Manifest;
      const { runId, runStartedAt, startedAt, finishedAt, resources, parts, ...same } = manifest;
      return { ...same, parts: parts.map(({ file, rows, bytes, sha256 }) => ({ file, rows, bytes, sha256 })) };
    };

    test('produces the same bytes as the container', async () => {
      const { answer } = await convert(environmentOf('by-function'));
      expect(answer).toMatchObject({ exitCode: 0, memoryMiB: 1769 });
      expect((await bench.start(environmentOf('by-container')).ended).exitCode).toBe(0);
      const [ours, theirs] = [await manifestIn('by-function'), await manifestIn('by-container')];
      expect(ours.parts).toHaveLength(3);
      expect(ours).toEqual(theirs);
    });

    test('returns the exit codes of the container, with the reason', async () => {
      const missing = await convert({
        ...environmentOf('none'),
        INPUT_FILE: fileUri(join(bench.folder, 'no.csv')),
      });
      expect(missing.answer).toMatchObject({
        exitCode: 66,
        reason: expect.stringContaining('the object does not exist'),
      });
      const bad = await convert(environmentOf('none', { ETL_ENGINE: 'portable' }));
      expect(bad.answer).toMatchObject({ exitCode: 78, reason: expect.stringContaining('ETL_ENGINE') });
    });

    test('times out before the function does, so that the caller gets an answer', async () => {
      const { answer } = await convert(environmentOf('late'), 0);
      expect(answer).toMatchObject({ exitCode: 75, killedFor: 'timeout' });
    });
  });

  test('returns an answer for an invalid event, and throws for an invalid configuration', async () => {
    const refused = { valid: false, reasons: [expect.stringContaining('colour')] };
    expect(await validate({ detail: { ...event.detail, colour: 'red' } })).toMatchObject({ answer: refused });
    const plan = {
      batch: { dataset: 'd', batchDate: '2026-02-08', source: 's' },
      destination: fileUri(join(bench.folder, 'elsewhere')),
      sinks: { catalog: { type: 'glue', database: 'lago' } },
    };
    const unplaced = await invoke('apply-sinks', { plan, run, retry: 0 });
    expect(unplaced).toEqual({ errorType: 'BadConfiguration', errorMessage: expect.stringContaining('elsewhere') });
    const misconfigured = await invoke('validate-input', { event, run }, { S3_CLEAN_BUCKET: 'ftp://nowhere' });
    expect(misconfigured).toEqual({
      errorType: 'BadConfiguration',
      errorMessage: expect.stringContaining('invalid configuration: S3_CLEAN_BUCKET'),
    });
  });

  test.each(['validate-input', 'confirm-commit', 'apply-sinks', 'convert'])(
    '%s is small enough for the console',
    async (name) => {
      // 3 MB, zipped (AWS Lambda quotas); loading the bundle is also most of a cold start.
      expect((await stat(join(bench.folder, 'lambda', name, 'index.js'))).size).toBeLessThan(3_000_000);
    },
  );
});
