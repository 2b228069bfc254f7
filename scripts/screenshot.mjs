// Takes the README's screenshot of a completed run: starts the local system on free ports, runs the sample, opens the run
// in the Web UI in headless Chromium and writes docs/run.png.
// usage: node scripts/screenshot.mjs [PNG]   (requires Chromium on PATH, or its path in ETL_TEST_CHROMIUM)
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensurePackages, root } from './lib/ensure-installed.mjs';
import { openBrowser, withLocalSystem } from './lib/local-system.mjs';

ensurePackages('test');
const target = process.argv[2] ?? join(root, 'docs', 'run.png');

// The screenshot shows a Fargate task.
const variables = () => ({ ETL_LIGHT_LANE: 'off' });

await withLocalSystem('screenshot', variables, async ({ stateDir, addresses, etl }) => {
  const sample = join(stateDir, 'ventas', 'ventas_2026_02.csv');
  await mkdir(dirname(sample));
  await copyFile(join(root, 'samples', 'ventas.csv'), sample);
  const { workflowId, runId, status, reason } = await etl('run', sample, '--date', '2026-02-08');
  if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}: ${reason}`);
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const path = ['namespaces', 'default', 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
  await page.goto(`${addresses.ui}/${path}`);
  await page.getByText('Completed').first().waitFor();
  await page.getByText('launchTask').first().waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: target });
  await browser.close();
  console.log(`${target}: ${workflowId}`);
});
