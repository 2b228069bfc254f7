import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Html } from '@etl/lib/text/html';
import { type Browser, chromium, type Page } from 'playwright-core';
import { nightPage } from '../../report/night/page';
import { runPage } from '../../report/run/page';
import { deliveredReport, failedReport, giantReport, hostile, nightReport, withHostileTexts } from './fixtures';

const withBrowser = process.env.ETL_TEST_CHROMIUM ? describe : describe.skip;

const pages: Readonly<Record<string, () => Html>> = {
  'a delivered run': () => runPage(deliveredReport()),
  'a failed run': () => runPage(failedReport()),
  'a run with hundreds of shards': () => runPage(giantReport()),
  'a night': () => nightPage(nightReport()),
  'a hostile run': () => runPage(withHostileTexts(deliveredReport())),
  'a hostile failed run': () => runPage(withHostileTexts(failedReport())),
  'a hostile night': () => nightPage(withHostileTexts(nightReport())),
};

withBrowser('pages in a browser', () => {
  let browser: Browser;
  let folder: string;
  let axe: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-report-'));
    axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    browser = await chromium.launch({
      ...(process.env.ETL_TEST_CHROMIUM && { executablePath: process.env.ETL_TEST_CHROMIUM }),
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** Requests other than for the page itself, and messages on the console. */
    readonly seen: string[];
  }

  async function open(render: () => Html, options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> {
    const path = join(folder, `${Math.random()}.html`);
    await writeFile(path, String(render()));
    const url = pathToFileURL(path).href;
    const page = await (await browser.newContext(options)).newPage();
    const seen: string[] = [];
    page.on('console', (message) => seen.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
    page.on('request', (request) => request.url() !== url && seen.push(`request: ${request.url()}`));
    page.on('dialog', (dialog) => seen.push(`dialog: ${dialog.message()}`));
    await page.goto(url);
    return { page, seen };
  }

  describe.each(Object.entries(pages))('%s', (_name, render) => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open(render);
    });
    afterAll(() => opened?.page.context().close());

    test.each(['light', 'dark'] as const)(
      'is accessible in %s, loads nothing, and reports nothing',
      async (colorScheme) => {
        const { page, seen } = opened;
        await page.emulateMedia({ colorScheme });
        const title = await page.title();
        const violations = await page.evaluate(
          `${axe}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`,
        );
        expect({ violations, seen }).toEqual({ violations: [], seen: [] });
        expect(await page.title()).toBe(title);
      },
    );

    test.each([360, 768, 1280])('is not wider than a screen of %d pixels', async (width) => {
      await opened.page.setViewportSize({ width, height: 800 });
      expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    });
  });

  test('hostile text is visible as text', async () => {
    const { page } = await open(pages['a hostile run'] as () => Html);
    const text = await page.locator('h1').textContent();
    expect(text).toContain('<script>document.title="owned"</script>');
    expect(text).toContain('\\u202egnp.exe');
    expect(await page.locator('script, img, [onerror], [onmouseover], [onload]').count()).toBe(0);
    expect(hostile).toContain('\u202e');
    await page.context().close();
  });

  test('the policy blocks a script that is in the page in spite of all encoding', async () => {
    const page = String(runPage(deliveredReport())).replace(
      '<main>',
      '<main><script>document.title = "owned"</script><img src="https://evil.example/x">',
    );
    const { page: opened, seen } = await open(() => page as unknown as Html);
    expect(await opened.title()).not.toBe('owned');
    expect(seen.filter((each) => each.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2);
    await opened.context().close();
  });

  test('the colours of dark and light differ, and the style of the page applies under its policy', async () => {
    const colours = await Promise.all(
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const { page } = await open(pages['a night'] as () => Html, { colorScheme });
        const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        await page.context().close();
        return colour;
      }),
    );
    expect(colours).toEqual(['rgb(245, 246, 248)', 'rgb(15, 20, 26)']);
  });

  test('on paper, the page is light, in the width of the sheet, and shows the addresses of links', async () => {
    const { page } = await open(pages['a delivered run'] as () => Html, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 700, height: 1000 });
    const [colour, address, width] = await Promise.all([
      page.evaluate('getComputedStyle(document.body).backgroundColor'),
      page.evaluate('getComputedStyle(document.querySelector("a.external"), "::after").content'),
      page.evaluate('document.documentElement.scrollWidth'),
    ]);
    expect(colour).toBe('rgb(255, 255, 255)');
    expect(address).toContain('http://127.0.0.1:8233');
    expect(width).toBeLessThanOrEqual(700);
    const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g) ?? [];
    expect(sheets.length).toBeGreaterThanOrEqual(1);
    expect(sheets.length).toBeLessThanOrEqual(5);
    await page.context().close();
  });

  test('the calendar is a table with named rows and columns, and each state has a name', async () => {
    const { page } = await open(pages['a night'] as () => Html);
    const row = page.getByRole('row', { name: /^ventas/ });
    expect(await row.getByRole('img').last().getAttribute('aria-label')).toMatch(/^failed: 2 files/);
    expect(await page.getByRole('columnheader', { name: /02-08/ }).count()).toBe(1);
    await page.context().close();
  });
});
