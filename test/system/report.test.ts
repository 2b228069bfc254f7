import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putFaults } from '@etl/fargate/faults/control';
import type { Client } from '@temporalio/client';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('pages about runs on a local system', () => {
  let system: LocalSystemUnderTest;

  beforeAll(async () => {
    system = await LocalSystemUnderTest.create();
    await system.up();
  });
  afterAll(() => system?.remove());

  /** Writes a file of the dataset `ventas`, whose first rows are good. */
  function landed(name: string, good: number, bad: number): string {
    const folder = join(system.folder, 'ventas');
    mkdirSync(folder, { recursive: true });
    const rows = [...Array(good).keys()].map((id) => `${id},2026-02-08,${id * 3}`);
    const path = join(folder, name);
    writeFileSync(path, ['id,fecha,total', ...rows, ...Array(bad).fill('<script>,x'), ''].join('\n'));
    return path;
  }

  const run = (file: string, ...more: string[]) =>
    etl(['run', file, '--date', '2026-02-08', '--dataset', 'ventas', '--json', ...more], system.env);

  async function report(...args: string[]) {
    const out = join(system.folder, 'page.html');
    const ended = await etl(['report', ...args, '--out', out, '--json'], system.env);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    const page = readFileSync(out, 'utf8');
    const { bytes, about } = JSON.parse(ended.stdout) as { bytes: number; about: string };
    expect(bytes).toBe(Buffer.byteLength(page));
    expect(page).not.toContain('<script');
    return { page, about };
  }

  test('pages of a delivered and a failed run, of a night, and errors', async () => {
    const [delivered, failed] = await Promise.all([
      run(landed('norte.csv', 3000, 5)),
      // The validation reads only the first rows, so the conversion finds the bad ones.
      run(landed('sur.csv', 200_000, 9000)),
    ]);
    expect([delivered.exitCode, failed.exitCode]).toEqual([0, 65]);

    const good = await report('ventas/2026-02-08/norte');
    expect(good.about).toMatch(/^DELIVERED: ventas 2026-02-08 norte/);
    for (const shown of [
      '3,005',
      '&lt;script&gt;,x',
      'too few fields',
      'validateInput',
      'awaitTask, launch 1',
      '>done<',
    ])
      expect(good.page).toContain(shown);

    const { workflowId } = JSON.parse(failed.stdout) as { workflowId: string };
    const bad = await report(workflowId);
    expect(bad.about).toMatch(/^FAILED: BadData: ventas 2026-02-08 sur/);
    // Its rejected rows are still in its work folder.
    for (const shown of ['which published nothing', '&lt;script&gt;,x', 'Correct the data'])
      expect(bad.page).toContain(shown);

    const { page } = await report('--night', '2026-02-08');
    for (const shown of ['ventas: failed', 'BadData', '3,000']) expect(page).toContain(shown);
    // The command repeats the event, as in etl status.
    expect(page).toMatch(/<span>run<\/span> <span>file:[^<]*sur\.csv<\/span> <span>--date<\/span>/);

    const out = join(system.folder, 'none', 'page.html');
    const codes = await Promise.all(
      [
        ['report', 'ventas/2026-02-08/norte', '--out', out],
        ['report', 'ventas/2026-02-08/none', '--out', join(system.folder, 'x.html')],
        ['report', 'ventas/2026-02-08', '--out', join(system.folder, 'x.html')],
        ['report', '--out', join(system.folder, 'x.html')],
        ['report', 'x', '--dataset', 'ventas', '--out', join(system.folder, 'x.html')],
      ].map(async (args) => (await etl(args, system.env)).exitCode),
    );
    expect(codes).toEqual([73, 66, 64, 64, 64]);
  });

  test('pages of an open and of a terminated run', async () => {
    await putFaults(system.ready?.ecs ?? '', { rules: [{ fault: 'slowStart', seconds: 60 }] });
    const { workflowId } = JSON.parse((await run(landed('este.csv', 10, 0), '--no-wait')).stdout) as {
      workflowId: string;
    };
    const handle = (client: Client) => client.workflow.getHandle(workflowId);
    await until('a task that is awaited', 30, () =>
      system.withClient(async (client) => {
        const { raw } = await handle(client).describe();
        return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitTask');
      }),
    );
    const open = await report(workflowId);
    expect(open.page).toMatch(/class="chip busy">Running/);
    expect(open.page).toContain('Running for');
    await system.withClient((client) => handle(client).terminate('by the test'));
    const { page, about } = await report(workflowId);
    expect(about).toMatch(/^TERMINATED/);
    for (const shown of ['was terminated', 'ended with the run', 'etl reap']) expect(page).toContain(shown);
  });
});
