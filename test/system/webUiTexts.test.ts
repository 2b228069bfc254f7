import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createCodecServer, originsOf } from '../../workers/payloads/codecServer';
import { openPayloads } from '../../workers/payloads/payloads';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withBrowser = process.env.ETL_TEST_CHROMIUM && process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const keys = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

withBrowser('what the Web UI shows', () => {
  let system: LocalSystemUnderTest;
  let browser: Browser;
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_PAYLOAD_KEYS: keys });
    await system.up();
    browser = await chromium.launch({ executablePath: process.env.ETL_TEST_CHROMIUM ?? '', args: quiet });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await system?.remove();
  });

  async function withCodec<T>(origins: readonly string[], work: (endpoint: string) => Promise<T>): Promise<T> {
    const { codec } = await openPayloads({ ETL_PAYLOAD_KEYS: keys });
    const server: Server = createCodecServer({ codec, origins }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  /** A page of a browser that uses this codec server, and how to go to a workflow in it. */
  async function pageWith(endpoint: string) {
    const context = await browser.newContext();
    const settings = { endpoint: JSON.stringify(endpoint), overrideRemoteCodecConfiguration: 'true' };
    await context.addInitScript({ content: `Object.assign(localStorage, ${JSON.stringify(settings)})` });
    const page = await context.newPage();
    const goTo = (workflowId: string, runId: string, tab: string) => {
      const path = ['namespaces', 'default', 'workflows', workflowId, runId, tab].map(encodeURIComponent).join('/');
      return page.goto(`${system.ready?.ui}/${path}`);
    };
    return { page, goTo };
  }

  /** The text of a page and of the frames in which Markdown is rendered. */
  async function textOf(page: Page): Promise<string> {
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .textContent({ timeout: 1000 })
          .catch(() => ''),
      ),
    );
    return texts.join('\n');
  }

  test('a hostile key is text, and no link', async () => {
    const batchDate = '[click](https://evil.example)';
    const name = '<u>*bold*<br> www.evil.example ftp:\u202e\u001b[31m\n- item.csv';
    const workflowId = 'hostile';
    await system.withClient(async (client) => {
      const handle = await client.workflow.start('etlPipeline', {
        workflowId,
        taskQueue: 'etl',
        args: [{ detail: { s3Key: `ventas/${name}`, batchDate } }],
      });
      await handle.result().catch(() => undefined);
      await withCodec(originsOf(system.ready?.ui ?? ''), async (endpoint) => {
        const { page, goTo } = await pageWith(endpoint);
        await goTo(workflowId, handle.firstExecutionRunId, 'user-metadata');
        const wanted = `<u>*bold*<br> www.evil.example ftp:\\u202e\\u001b[31m\\n- item.csv, ${batchDate}`;
        const text = await until('the details are shown', 20, async () => {
          const shown = await textOf(page);
          return shown.includes(wanted) ? shown : undefined;
        });
        expect(text).toContain(wanted);
        const links = await Promise.all(
          page.frames().map((frame) => {
            const markup = frame.url().includes('/render?') ? ', u, br, em, img' : '';
            return frame.locator(`a[href*="evil"]${markup}`).count();
          }),
        );
        expect(links.reduce((sum, count) => sum + count, 0)).toBe(0);
      });
    });
  }, 60_000);

  test('the codec server decrypts for the origin of the Web UI, and for no other', async () => {
    const file = join(system.folder, 'ventas.csv');
    await writeFile(file, 'id\n1\n');
    const run = await etl(['run', file, '--date', '2026-02-08', '--json'], { ...system.env, ETL_PAYLOAD_KEYS: keys });
    const { workflowId, runId } = JSON.parse(run.stdout);
    const ui = system.ready?.ui ?? '';
    await withCodec(originsOf(ui), async (endpoint) => {
      const { page, goTo } = await pageWith(endpoint);
      await goTo(workflowId, runId, 'history');
      await until('the result is shown', 20, async () => (await textOf(page)).includes('rowsWritten'));
    });
    await withCodec(['http://evil.example'], async (endpoint) => {
      const { page, goTo } = await pageWith(endpoint);
      const refused = page.waitForEvent('requestfailed', (request) => request.url().startsWith(endpoint));
      await goTo(workflowId, runId, 'history');
      await refused;
      await until('the workflow is shown', 20, async () => (await textOf(page)).includes(workflowId));
      expect(await textOf(page)).not.toContain('rowsWritten');
    });
  }, 60_000);
});
