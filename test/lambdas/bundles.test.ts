import { cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { containerEnvironment } from '@etl/pipeline/container';
import { fileUri } from '@etl/pipeline/fileUri';
import type { CommitAnswer, RunIdentity } from '../../activities/contract';
import type { ValidationAnswer } from '../../lambdas/validateInput';
import { Bench } from '../support/container';
import { command, root } from '../support/processes';

/** What Lambda does: loads the module, calls its handler, and tells an error's name and message. */
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

describe('the bundles that are deployed', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.create();
    await bench.file('ventas.csv', 'ID Venta,Total\n1,10.5\n2,11\n');
    // Away from the repository, whose node_modules would hide what a bundle lacks.
    await cp(join(root, 'dist', 'lambda'), join(bench.folder, 'lambda'), { recursive: true });
  });
  afterAll(() => bench.remove());

  const run: RunIdentity = { workflowId: 'arn:execution', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };

  /** One cold start. */
  async function invoke<T>(name: string, payload: unknown, changes: NodeJS.ProcessEnv = {}): Promise<Ended<T>> {
    const module = join(bench.folder, 'lambda', name, 'index.js');
    const { stdout, stderr, exitCode } = await command(
      process.execPath,
      ['-e', runtime, module, JSON.stringify(payload)],
      { S3_RAW_BUCKET: fileUri(bench.folder), S3_CLEAN_BUCKET: fileUri(join(bench.folder, 'lake')), ...changes },
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return JSON.parse(stdout) as Ended<T>;
  }
  const validate = (event: unknown) => invoke<ValidationAnswer>('validate-input', { event, run });
  const event = { detail: { s3Key: 'ventas.csv', batchDate: '2026-02-08', dataset: 'd', source: 's' } };

  test('validate, convert, confirm: each a process of its own', async () => {
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

  test('an event that cannot be read is an answer, a configuration that cannot be read is none', async () => {
    const refused = { valid: false, reasons: [expect.stringContaining('colour')] };
    expect(await validate({ detail: { ...event.detail, colour: 'red' } })).toMatchObject({ answer: refused });
    const misconfigured = await invoke('validate-input', { event, run }, { S3_CLEAN_BUCKET: 'ftp://nowhere' });
    expect(misconfigured).toEqual({
      errorType: 'ConfigError',
      errorMessage: expect.stringContaining('bad configuration: S3_CLEAN_BUCKET'),
    });
  });

  test.each(['validate-input', 'confirm-commit'])('%s is small enough to be shown in the console', async (name) => {
    // 3 MB, zipped (AWS Lambda quotas); loading it is most of a cold start, too.
    expect((await stat(join(bench.folder, 'lambda', name, 'index.js'))).size).toBeLessThan(3_000_000);
  });
});
