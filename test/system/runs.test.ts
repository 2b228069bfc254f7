import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import type { RunView } from '@etl/pipeline/runs/runView';
import { readRun } from '../../client/runs/readRun';
import { command as processOf } from '../support/processes';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('a night with several kinds of failures', () => {
  let system: LocalSystemUnderTest;
  const fileOf = (name: string) => join(system.folder, 'ventas', `${name}.csv`);
  const runOf = (name: string) => `ventas/2026-02-08/${name}`;
  const rows = (count: number) => Array.from({ length: count }, (_, n) => `${n},some text`);

  beforeAll(async () => {
    system = await LocalSystemUnderTest.create();
    const { ecs } = await system.up();
    await mkdir(join(system.folder, 'ventas'));
    const of = (name: string) => ({ where: { environment: { INPUT_FILE: fileUri(fileOf(name)) } } });
    await putFaults(ecs, {
      rules: [
        { fault: 'failedStart', reason: 'CannotPullContainerError: no such image', ...of('image') },
        { fault: 'slow', share: 0.03, ...of('slow') },
      ],
    });
  }, 180_000);
  afterAll(() => system.remove());

  const command = (...args: string[]) => etl(args, system.env);
  const json = async (...args: string[]) => {
    const ended = await command(...args, '--json');
    return { ...ended, report: JSON.parse(ended.stdout || '{}') as Record<string, unknown> };
  };
  const start = async (name: string, lines: readonly string[], ...options: string[]) => {
    await writeFile(fileOf(name), lines.length === 0 ? '' : `a,b\n${lines.join('\n')}\n`);
    const out = ['--out', join(system.folder, 'out'), '--dataset', 'ventas'];
    return command('run', fileOf(name), '--date', '2026-02-08', ...out, ...options);
  };
  const listed = async (...args: string[]): Promise<RunView[]> =>
    (await json('runs', ...args)).report.runs as unknown as RunView[];
  const viewOf = (name: string): Promise<RunView> =>
    system.withClient((client) => readRun(client, { workflowId: `etl/${runOf(name)}` }));

  /** Runs a command as a process in a pseudo-terminal of this width. */
  const inTerminal = (columns: number, args: string[], variables: NodeJS.ProcessEnv) =>
    processOf(
      process.env.ETL_TEST_PYTHON ?? '',
      [join('test', 'support', 'terminal.py'), String(columns), process.execPath, 'cli/etl.js', ...args],
      { ...system.env, TERM: 'xterm', ...variables },
    );

  test('invalid input: the run prints the failure type first and the command that follows, and retry delivers it', async () => {
    const failed = await start('empty', []);
    expect(failed.exitCode).toBe(65);
    expect(failed.stdout).toMatch(
      /\nFAILED: InvalidInput: ventas 2026-02-08 empty\nStep {6}validate\nReason .*empty\n/,
    );
    expect(failed.stdout).toMatch(/\nEvent {5}in the dead-letter queue\n/);
    expect(failed.stdout).toMatch(
      /\nNext .*\n {10}\S.* run file:\/\/\/.*empty\.csv --date 2026-02-08 --dataset ventas/,
    );
    expect(failed.stdout).not.toContain('done');

    await writeFile(fileOf('empty'), 'a,b\n1,2\n');
    const asked = await command('retry', runOf('empty'));
    expect(asked).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('Confirm with --yes') });
    expect(asked.stdout).toMatch(
      /1 run:\n {2}etl\/ventas\/2026-02-08\/empty {2}InvalidInput {2}redrives its dead letter/,
    );
    expect(await json('retry', runOf('empty'), '--yes')).toMatchObject({
      exitCode: 0,
      report: { runs: [{ outcome: 'started' }] },
    });
    const watched = await command('watch', runOf('empty'));
    expect(watched.exitCode).toBe(0);
    expect(watched.stdout).toMatch(
      /DELIVERED: ventas 2026-02-08 empty\nRows {6}1 written, 0 rejected, of 1 read\nWhere /,
    );
    expect(system.letters('dead-letters').filter((text) => text.includes('empty.csv'))).toEqual([]);
    // A second retry finds nothing to do.
    expect(await json('retry', runOf('empty'), '--yes')).toMatchObject({
      exitCode: 0,
      report: { runs: [{ outcome: 'delivered' }] },
    });
  }, 180_000);

  test.concurrent('bad data: watch shows the last log lines, and logs the whole log', async () => {
    const lines = rows(60_000).map((line, n) => (n > 50_000 ? `${n}` : line));
    expect((await start('later', lines, '--no-wait')).exitCode).toBe(0);
    const watched = await command('watch', runOf('later'));
    expect(watched.exitCode).toBe(65);
    expect(watched.stdout).toMatch(
      /FAILED: BadData: ventas 2026-02-08 later\nStep {6}transform, launch 1\nReason .*9999 too few fields/,
    );
    expect(watched.stdout).toMatch(/\nLog {7}\{.*"event":"failed"/);
    const { stdout, stderr, exitCode } = await command('logs', runOf('later'), '--launch', '1');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^--- launch 1, arn:/);
    expect(stdout).toContain('"phase":"starting"');
    expect(stdout).toContain('9999 too few fields');
    expect(await command('logs', runOf('later'), '--launch', '9')).toMatchObject({
      exitCode: 66,
      stderr: expect.stringMatching(/run etl\/ventas\/2026-02-08\/later has no launch 9\nSelect one of: 1\b/),
    });
  }, 180_000);

  test.concurrent('a task that never starts: every view shows its stop reason and the time of the retry', async () => {
    await start('image', rows(10), '--no-wait');
    const view = await until('a failed start that is waited for', 120, async () => {
      const found = await viewOf('image');
      return found.step === 'wait' && found.next?.kind === 'retry' ? found : undefined;
    });
    expect(view).toMatchObject({ outcome: 'running', failureType: 'TaskFailedToStart' });
    expect(view.reason).toContain('CannotPullContainerError: no such image');
    expect(view.next).toMatchObject({ at: expect.stringMatching(/^\d{4}-.*Z$/) });
    const log = await command('logs', runOf('image'));
    expect(log.stderr).toMatch(/launch 1: no log lines: TaskFailedToStart: CannotPullContainerError: no such image/);
    expect(log.stdout).toBe('');

    expect(await json('cancel', runOf('image'), '--reason', 'no image')).toMatchObject({ report: { requested: true } });
    const watched = await command('watch', runOf('image'));
    expect(watched.exitCode).toBe(1);
    expect(watched.stdout).toMatch(/CANCELLED: ventas 2026-02-08 image\n/);
    expect(await json('cancel', runOf('image'))).toMatchObject({ exitCode: 0, report: { requested: false } });
    expect((await command('logs', runOf('image'))).stderr).toContain('no such image');
  }, 180_000);

  const gate = ['--options', '{"quality":{"rowCount":{"min":10,"level":"hold"}}}', '--no-wait'];
  const hold = async (name: string) => {
    await start(name, rows(1), ...gate);
    return until(`${name} is held`, 120, async () => {
      const view = await viewOf(name);
      return view.outcome === 'held' ? view : undefined;
    });
  };

  test.concurrent('held data is approved, while watch and logs --follow show the run until its end', async () => {
    await hold('good');
    const held = await command('runs', '--running');
    expect(held.stdout).toMatch(
      /HELD .* etl\/ventas\/2026-02-08\/good [\s\S]*\n {2}Next .*\n {12}\S.* approve etl\/ventas\/2026-02-08\/good\n/,
    );
    const following = [command('watch', runOf('good')), command('logs', runOf('good'), '--follow')];
    const approved = await json('approve', runOf('good'), '--by', 'ana', '--reason', 'a holiday');
    expect(approved).toMatchObject({ exitCode: 0, report: { approved: true, by: 'ana', note: 'a holiday' } });
    const [watched, log] = await Promise.all(following);
    expect(watched?.exitCode).toBe(0);
    expect(watched?.stdout).toMatch(/DELIVERED: ventas 2026-02-08 good\nRows {6}1 written/);
    expect(log?.exitCode).toBe(0);
    expect(log?.stderr).toMatch(/^--- launch 1, arn:[\s\S]*\n--- commit, launch 2, arn:/);
    expect(log?.stdout).toContain('"event":"finished"');
  }, 180_000);

  test.concurrent('held data is refused', async () => {
    await hold('refused');
    expect((await command('approve', runOf('refused'), '--refuse')).exitCode).toBe(0);
    const refused = await command('watch', runOf('refused'));
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(/FAILED: NotApproved: [\s\S]*\nStep {6}held, launch 1\n/);
    const late = await command('approve', runOf('refused'));
    expect(late).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not wait for an approval') });
  }, 180_000);

  test.concurrent('a terminated run: its log is found in its history, and retry starts its event again', async () => {
    const { workflowId } = await hold('killed');
    await system.withClient((client) => client.workflow.getHandle(workflowId).terminate('by the test'));
    const watched = await command('watch', runOf('killed'));
    expect(watched.exitCode).toBe(1);
    expect(watched.stdout).toMatch(
      /TERMINATED: ventas 2026-02-08 killed\n[\s\S]* retry etl\/ventas\/2026-02-08\/killed\n/,
    );
    expect((await command('logs', runOf('killed'))).stdout).toContain('held for approval');
    const asked = await command('retry', runOf('killed'));
    expect(asked.stdout).toMatch(/Terminated +starts its event again/);
  }, 180_000);

  test('a run ID names a run, and a text that several runs share is refused with the candidates', async () => {
    const view = await viewOf('later');
    expect(await json('watch', view.runId)).toMatchObject({ exitCode: 65, report: { workflowId: view.workflowId } });
    expect(await command('watch', 'ventas/2026-02-08')).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(/names several runs: \S+\/empty, \S+\/good, /),
    });
    expect(await command('watch', 'compras')).toMatchObject({ exitCode: 66 });
  });

  test('runs: those that failed come first, and retry --failed selects exactly them', async () => {
    const failed = await listed('--failed', '--dataset', 'ventas');
    const names = failed.map(({ workflowId }) => workflowId.slice('etl/ventas/2026-02-08/'.length)).sort();
    expect(names).toEqual(['image', 'killed', 'later', 'refused']);
    const text = (await command('runs')).stdout;
    expect(text).toMatch(/^\d+ runs open or ended since .*: 2 failed, 1 terminated, 1 cancelled, 2 delivered; \$/);
    expect(text.lastIndexOf('\nFAILED')).toBeLessThan(text.indexOf('\nDELIVERED'));
    const asked = await command('retry', '--failed');
    expect(asked.exitCode).toBe(64);
    expect(asked.stdout.split('\n').filter((line) => line.startsWith('  etl/'))).toHaveLength(4);
    expect(await command('retry')).toMatchObject({ exitCode: 64 });
    expect(await listed('--failed', '--since', '1s')).toEqual([]);
    expect(await listed('--failed', '--dataset', 'compras')).toEqual([]);
  });

  const onTerminal = process.env.ETL_TEST_PYTHON ? test.each([80, 120]) : test.skip.each([80, 120]);
  onTerminal('a terminal of %d columns shows whole rows, and colours unless NO_COLOR is set', async (columns) => {
    const { stdout, exitCode } = await inTerminal(columns, ['runs'], { NO_COLOR: '' });
    expect(exitCode).toBe(0);
    const rows = stdout.split('\r\n').filter((line) => /^[A-Z]+ .*etl\/ventas/.test(line));
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
    const coloured = await inTerminal(columns, ['watch', runOf('later')], { NO_COLOR: '' });
    expect(coloured.exitCode).toBe(65);
    const [headline] = coloured.stdout.split('\r\n');
    expect(headline).toBe('\u001b[1;31mFAILED: BadData: ventas 2026-02-08 later\u001b[0m');
    const plain = await inTerminal(columns, ['watch', runOf('later')], { NO_COLOR: '1' });
    expect(plain.stdout).toMatch(/^FAILED: BadData: ventas 2026-02-08 later\r\n/);
  });

  const withTerminal = process.env.ETL_TEST_PYTHON ? test : test.skip;
  withTerminal('a terminal shows progress with a bar and the remaining time, in one line of its width', async () => {
    // Larger than what the task reads ahead.
    const large = Array.from({ length: 300_000 }, (_, n) => `${n},${'text '.repeat(25)}`);
    await start('slow', large, '--options', '{"chunkRows":10000}', '--no-wait');
    const widths = [80, 120];
    const ended = await Promise.all(widths.map((columns) => inTerminal(columns, ['watch', runOf('slow')], {})));
    for (const [at, { stdout, exitCode }] of ended.entries()) {
      expect(exitCode).toBe(0);
      const shown = stripVTControlCharacters(stdout).split(/[\r\n]+/);
      const bars = shown.filter((line) => line.includes('['));
      expect(bars).toContainEqual(
        expect.stringMatching(/^transform \(launch 1\) \[[#-]+\] \d+ %, [\d,]+ rows.* MB\/s, .+ left/),
      );
      expect(Math.max(...bars.map((line) => line.length))).toBeLessThanOrEqual(widths[at] ?? 0);
    }
  });
});
