import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withBrowser = process.env.ETL_TEST_CHROMIUM && process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

withBrowser('runs in the Web UI', () => {
  let system: LocalSystemUnderTest;
  let browser: Browser;
  let page: Page;
  const failed = { workflowId: '', runId: '' };
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create();
    await system.up();
    browser = await chromium.launch({ executablePath: process.env.ETL_TEST_CHROMIUM ?? '', args: quiet });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.setDefaultTimeout(60_000);
    await mkdir(join(system.folder, 'ventas'));
    await run('good.csv', {});
    Object.assign(failed, await run('bad.csv', { quality: { rowCount: { min: 100 } } }));
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await system?.remove();
  });

  async function run(name: string, options: object): Promise<{ workflowId: string; runId: string }> {
    const file = join(system.folder, 'ventas', name);
    await writeFile(file, 'id,amount\n1,2\n');
    const more = ['--out', join(system.folder, 'lake'), '--options', JSON.stringify(options), '--json'];
    return JSON.parse((await etl(['run', file, '--date', '2026-02-08', ...more], system.env)).stdout);
  }

  const open = (...path: readonly string[]) =>
    page.goto(
      `${system.ready?.ui}/namespaces/default/workflows${path.map((each) => `/${encodeURIComponent(each)}`).join('')}`,
    );

  /** Opens a tab of the failed run. Returns its text, with the frames that render Markdown, once it has all of `wanted`. */
  const tab = (name: string, ...wanted: readonly string[]): Promise<string> =>
    until(`${name} has ${wanted}`, 60, async () => {
      await open(failed.workflowId, failed.runId, name);
      return until('its text', 10, async () => {
        // Each look takes the browser more time than the page itself.
        await page.waitForTimeout(300);
        const frames = page.frames().map((frame) => frame.locator('body').textContent({ timeout: 1000 }));
        const texts = (await Promise.allSettled(frames)).map((each) =>
          each.status === 'fulfilled' ? (each.value ?? '') : '',
        );
        const text = texts.join('\n');
        return wanted.every((each) => text.includes(each)) ? text : undefined;
      }).catch(() => undefined);
    });

  test('a query over search attributes finds the failed run alone', async () => {
    const query = `EtlDataset = "ventas" AND EtlFailureType = "BadData"`;
    await until('the run is listed', 60, async () => {
      await page.goto(`${system.ready?.ui}/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
      return page
        .getByText(failed.workflowId)
        .first()
        .waitFor({ timeout: 5000 })
        .then(() => true)
        .catch(() => false);
    });
    expect(await page.getByText('etl/ventas/2026-02-08/good').count()).toBe(0);
  }, 90_000);

  test('the current details begin with failure type, cost and next step, and timers have names', async () => {
    const details = ['BadData · bad.csv, 2026-02-08', 'Cost: $', 'Next: Correct the data'];
    const text = await tab('user-metadata', ...details, 'timeout of bad.csv, 2026-02-08, launch 1');
    expect(text).toMatch(/BadData · bad\.csv, 2026-02-08\s*Cost: \$0\.\d+, estimated\s*Next: Correct the data/);
    expect(text).toMatch(/vCPU, \d+ GiB/);
    expect(text).not.toContain('Step: done');
  }, 90_000);

  test('the activities of the timeline have names', async () => {
    await tab('history', 'bad.csv, 2026-02-08, launch 1', 'bad.csv, 2026-02-08: BadData');
  }, 90_000);

  test('outcome, cost and next step are shown without a worker', async () => {
    const worker = system.workerPid() ?? 0;
    process.kill(worker, 'SIGSTOP');
    try {
      await tab('user-metadata', 'BadData; cost: $', 'next: Correct the data');
      await tab('memo', '"outcome": "BadData"', '"next": "Correct the data');
    } finally {
      process.kill(worker, 'SIGCONT');
    }
  }, 150_000);
});
