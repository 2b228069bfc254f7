import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bullets, type Markdown, md } from '@etl/lib/text/markdown';
import { escapeUnsafe } from '@etl/lib/text/unsafe';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import { createCodecServer, originsOf } from '../../cli/codecServer';
import { openPayloads } from '../../config/payloads/payloads';
import { plain, texts } from '../lib/text/support';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withBrowser = process.env.ETL_TEST_CHROMIUM && process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const keys = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

withBrowser('texts in the Web UI', () => {
  let system: LocalSystemUnderTest;
  let browser: Browser;
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_PAYLOAD_KEYS: keys });
    await system.up();
    browser = await chromium.launch({ executablePath: process.env.ETL_TEST_CHROMIUM ?? '', args: quiet });
  }, 150_000);
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

  /** A page of a browser that uses this codec server, and a function that opens a workflow in it. */
  async function pageWith(endpoint: string) {
    const context = await browser.newContext();
    const settings = { endpoint: JSON.stringify(endpoint), overrideRemoteCodecConfiguration: 'true' };
    await context.addInitScript({ content: `Object.assign(localStorage, ${JSON.stringify(settings)})` });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const goTo = (workflowId: string, runId: string, tab: string) => {
      const path = ['namespaces', 'default', 'workflows', workflowId, runId, tab].map(encodeURIComponent).join('/');
      return page.goto(`${system.ready?.ui}/${path}`);
    };
    return { page, goTo };
  }

  /** Returns the items of a list as the Web UI renders them, on its server. */
  async function rendered(list: Markdown): Promise<string[]> {
    const answer = await fetch(`${system.ready?.ui}/render?content=${encodeURIComponent(String(list))}`);
    const items = [...(await answer.text()).matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, item = '']) => item);
    return items.map((item) => withoutEntities(item.replace(/<\/?(?:code|p)>/g, '')));
  }

  /** Returns the frame that renders Markdown with this text, if it appears within some seconds. */
  function frameWith(page: Page, text: string, seconds: number): Promise<Frame | undefined> {
    const look = async () => {
      for (const frame of page.frames().filter((each) => each.url().includes('/render?'))) {
        if ((await frame.locator('body').textContent({ timeout: 1000 }))?.includes(text)) return frame;
      }
      return undefined;
    };
    return until('the frame', seconds, () => look().catch(() => undefined)).catch(() => undefined);
  }

  /** Returns the text of a page and of the frames that render Markdown. */
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

  test('shows any text unchanged, without links, markup or typographic characters', async () => {
    const all = [...plain, 'a--b', 'a...b', '(C)', '1024/2048', '$a$ $b$', 'mailto:x', ': x', ...texts(5, 1200)];
    const wrong: string[] = [];
    for (let from = 0; from < all.length; from += 20) {
      const part = all.slice(from, from + 20);
      const shown = await rendered(bullets(part.flatMap((text) => [md`x ${text} y`, md`${text}`])));
      const wanted = part.map(escapeUnsafe).flatMap((text) => [`x ${text} y`, text]);
      wrong.push(...wanted.filter((text, index) => !isSame(text, shown[index])));
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('a hostile key is text, not a link', async () => {
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
        const wanted = `<u>*bold*<br> www.evil.example ftp:\\u202e\\u001b[31m\\n- item.csv, ${batchDate}`;
        // The page queries the details of the workflow once.
        const details = await until('the details are shown', 90, async () => {
          await goTo(workflowId, handle.firstExecutionRunId, 'user-metadata');
          return frameWith(page, wanted, 5);
        });
        expect(await details.locator('a, u, br, em, img').count()).toBe(0);
        for (const frame of page.frames()) expect(await frame.locator('a[href*="evil"]').count()).toBe(0);
      });
    });
  }, 150_000);

  test('the codec server decrypts only for the origin of the Web UI', async () => {
    const file = join(system.folder, 'ventas.csv');
    await writeFile(file, 'id\n1\n');
    const run = await etl(['run', file, '--date', '2026-02-08', '--json'], { ...system.env, ETL_PAYLOAD_KEYS: keys });
    const { workflowId, runId } = JSON.parse(run.stdout);
    const ui = system.ready?.ui ?? '';
    await withCodec(originsOf(ui), async (endpoint) => {
      const { page, goTo } = await pageWith(endpoint);
      await goTo(workflowId, runId, 'history');
      await until('the result is shown', 60, async () => (await textOf(page)).includes('rowsWritten'));
    });
    await withCodec(['http://evil.example'], async (endpoint) => {
      const { page, goTo } = await pageWith(endpoint);
      const refused = page.waitForEvent('requestfailed', (request) => request.url().startsWith(endpoint));
      await goTo(workflowId, runId, 'history');
      await refused;
      await until('the workflow is shown', 60, async () => (await textOf(page)).includes(workflowId));
      expect(await textOf(page)).not.toContain('rowsWritten');
    });
  }, 150_000);
});

const entities: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', ldquo: '"', rdquo: '"', lsquo: "'", rsquo: "'" },
};

/** Treats typographic quotation marks as plain ones. */
function withoutEntities(html: string): string {
  return html.replace(/&(?:#(\d+)|(\w+));/g, (all, code: string | undefined, name = '') =>
    code === undefined ? (entities[name] ?? all) : String.fromCodePoint(Number(code)),
  );
}

/** A page does not keep white space, and escapes a backtick inside code. */
function isSame(text: string, shown = ''): boolean {
  const normal = (each: string): string => each.replaceAll('\\u0060', '`').replace(/\s+/g, ' ').trim();
  return normal(text) === normal(shown);
}
