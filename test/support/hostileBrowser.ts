import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Listening } from './listening';

/** Defines `attack`. */
export const hostileScript = readFileSync(join(__dirname, 'hostilePage.js'), 'utf8');
// Not rendered, since the attacks open many frames.
const html = `<!doctype html><body hidden><script>${hostileScript}</script>`;

/** What a page could read of a server, by the attempt. */
export type Loot = Readonly<Record<string, string>>;

/** A page of the Web UI loads slowly on a busy machine. */
const patienceMs = 120_000;

/** Headless Chromium with pages that attack the servers of this machine. */
export class HostileBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly site: Server,
    private readonly names: ReadonlyMap<string, string>,
    /** One on another port of 127.0.0.1, one on another site. */
    private readonly pages: readonly Page[],
  ) {}

  /** Maps one of the attacker's host names to each address. */
  static async launch(addresses: readonly string[]): Promise<HostileBrowser> {
    const names = new Map(addresses.map((address, index) => [address, `evil${index}.test`]));
    const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const { port } = site.address() as AddressInfo;
    const rules = [...names].map(([address, name]) => `MAP ${name} ${address}`).join(', ');
    const browser = await chromium.launch({
      ...(process.env.ETL_TEST_CHROMIUM && { executablePath: process.env.ETL_TEST_CHROMIUM }),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        `--host-resolver-rules=${rules}`,
        // Chromium would ask the user first; other browsers do not.
        '--disable-features=LocalNetworkAccessChecks',
      ],
    });
    // Each context opens a window, which takes more time than a page.
    const context = await browser.newContext();
    context.setDefaultTimeout(patienceMs);
    const open = async (host: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(`http://${host}:${port}/`);
      return page;
    };
    return new HostileBrowser(browser, context, site, names, [await open('127.0.0.1'), await open('evil0.test')]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.site.close();
    this.site.closeAllConnections();
  }

  /** Opens `url` in a window of its own: Chromium does not draw pages that other pages of their window may cover. */
  async visit<T>(url: string, work: (page: Page) => Promise<T>): Promise<T> {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(patienceMs);
    try {
      await page.goto(url);
      return await work(page);
    } finally {
      await page.close();
    }
  }

  /** Shows a link to a server, with this text, on the page of the other site. */
  async link(url: string, text: string): Promise<Page> {
    const page = this.pages.at(-1) as Page;
    await page.bringToFront();
    await page.evaluate(`document.body.innerHTML = '<a href="${url}">${text}</a>'; document.body.hidden = false`);
    return page;
  }

  /** Attacks from both pages by the server's address, and from the other site by the attacker's name for it. */
  async acrossOrigins({ address, port }: Listening, effort?: Effort): Promise<Loot> {
    const [neighbour, other] = this.pages as [Page, Page];
    const base = `http://${address}:${port}`;
    const [near, far] = await Promise.all([attack(neighbour, base, effort), attack(other, base, effort, 1)]);
    const renamed = await attack(other, `http://${this.nameOf(address)}:${port}`, effort, 2);
    return {
      ...from('another port', near),
      ...from('another site', far),
      ...from('another port of its site', renamed),
    };
  }

  /** Attacks by DNS rebinding: the page loads before the attacker's name resolves to this machine. */
  async rebound({ address, port }: Listening, effort?: Effort): Promise<Loot> {
    const origin = `http://${this.nameOf(address)}:${port}`;
    const url = `${origin}/attacker.html`;
    const page = await this.context.newPage();
    try {
      const session = await page.context().newCDPSession(page);
      // Playwright's routes are unsuitable: they answer preflights as well.
      session.on('Fetch.requestPaused', ({ requestId }) => {
        const body = Buffer.from(html).toString('base64');
        const responseHeaders = [{ name: 'content-type', value: 'text/html' }];
        void session.send('Fetch.fulfillRequest', { requestId, responseCode: 200, responseHeaders, body });
      });
      await session.send('Fetch.enable', { patterns: [{ urlPattern: url }] });
      await page.goto(url);
      return from('its own site, rebound', await attack(page, origin, effort, 3));
    } finally {
      await page.close();
    }
  }

  private nameOf(address: string): string {
    const name = this.names.get(address);
    if (name === undefined) throw new Error(`no name for ${address}`);
    return name;
  }
}

export interface Effort {
  /**
   * Ports that are not HTTP servers never answer, so most attacks need a short limit for each request; one that must succeed on
   * a busy machine needs a long one.
   * @default 3
   */
  readonly seconds?: number;
  /**
   * Sends one of this many requests, different ones from each kind of page.
   * @default 1
   */
  readonly everyNth?: number;
}

/** Sends requests to a server from the open page, beginning with the request of index `first`. */
export const attack = (page: Page, base: string, { seconds = 3, everyNth = 1 }: Effort = {}, first = 0) =>
  page.evaluate(`attack(${JSON.stringify(base)}, ${seconds}, ${everyNth}, ${first % everyNth})`) as Promise<Loot>;

const from = (page: string, loot: Loot): Loot =>
  Object.fromEntries(Object.entries(loot).map(([what, read]) => [`${page}: ${what}`, read.slice(0, 200)]));
