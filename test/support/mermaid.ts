import { join } from 'node:path';
import { chromium } from 'playwright-core';

const library = join(__dirname, '..', 'node_modules', 'mermaid', 'dist', 'mermaid.min.js');

export interface Picture {
  readonly svg: string;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Width before scaling to the page, in CSS pixels. */
  readonly naturalWidth: number;
  /** Labels that are larger than their boxes. */
  readonly cut: readonly string[];
  /** Texts of boxes and arrows. */
  readonly texts: readonly string[];
  readonly png: Buffer;
}

/** Renders Mermaid sources in headless Chromium without a network. Throws Mermaid's error for an invalid source. */
export async function drawMermaid(sources: readonly string[]): Promise<Picture[]> {
  const browser = await chromium.launch({
    ...(process.env.ETL_TEST_CHROMIUM && { executablePath: process.env.ETL_TEST_CHROMIUM }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.setContent('<!doctype html><body style="margin: 0"><div id="picture"></div></body>');
    await page.addScriptTag({ path: library });
    const pictures: Picture[] = [];
    for (const source of sources) {
      const drawn = await page.evaluate(draw, source);
      pictures.push({ ...drawn, png: await page.locator('#picture svg').screenshot() });
    }
    return pictures;
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function draw(source: string): Promise<Omit<Picture, 'png'>> {
  const { document, mermaid } = globalThis as unknown as {
    document: { querySelector(selector: string): Element };
    mermaid: {
      initialize(settings: object): void;
      render(id: string, source: string): Promise<{ svg: string }>;
    };
  };
  mermaid.initialize({ startOnLoad: false, securityLevel: 'loose' });
  const { svg } = await mermaid.render('drawing', source);
  const place = document.querySelector('#picture');
  place.innerHTML = svg;
  const drawing = place.querySelector('svg');
  const { width, height } = drawing.getBoundingClientRect();
  const naturalWidth = Number(drawing.getAttribute('viewBox')?.split(' ')[2]);
  const texts = [...place.querySelectorAll('.nodeLabel, .edgeLabel')].map((label) => label.textContent ?? '');
  const cut = [...place.querySelectorAll('foreignObject > div')]
    .filter(({ scrollWidth, scrollHeight, parentElement }) => {
      const { width: most, height: highest } = parentElement.getBBox();
      return scrollWidth > most + 1 || scrollHeight > highest + 1;
    })
    .map((label) => label.textContent ?? '');
  return { svg, width, height, naturalWidth, cut, texts };
}

interface Element {
  innerHTML: string;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  readonly parentElement: Element & { getBBox(): { width: number; height: number } };
  getAttribute(name: string): string | null;
  readonly textContent: string | null;
  querySelector(selector: string): Element;
  querySelectorAll(selector: string): Iterable<Element>;
  getBoundingClientRect(): { width: number; height: number };
}
