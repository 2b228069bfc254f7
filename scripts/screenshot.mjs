// Takes the README's screenshot of a completed run: starts the local system on free ports, runs the sample, opens the run
// in the Web UI in headless Chromium and writes docs/run.png.
// usage: node scripts/screenshot.mjs [PNG]   (requires Chromium on PATH, or its path in ETL_TEST_CHROMIUM)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './lib/ensure-installed.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
ensurePackages('test');
const { chromium } = require('../test/node_modules/playwright-core');
const { makeScratchFolder } = require('../storage/dist/scratchFolder.js');
const { getFreePort } = require('../dist/local/freePort.js');
const freePort = async () => String(await getFreePort());
const target = process.argv[2] ?? join(root, 'docs', 'run.png');

async function etl(args, env) {
  const child = spawn(process.execPath, ['cli/etl.js', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return { child, answer: JSON.parse(line) };
}

const stateDir = await makeScratchFolder(tmpdir(), 'screenshot');
// The screenshot shows a Fargate task.
const env = { ...process.env, ETL_STATE_DIR: stateDir, TEMPORAL_ADDRESS: '', ETL_LIGHT_LANE: 'off' };
const ports = ['--temporal-port', await freePort(), '--ui-port', await freePort(), '--ecs-port', await freePort()];
const system = await etl(['up', '--json', ...ports], env);
try {
  const runEnv = { ...env, TEMPORAL_ADDRESS: system.answer.temporal };
  const sample = join(stateDir, 'ventas', 'ventas_2026_02.csv');
  await mkdir(dirname(sample));
  await copyFile(join(root, 'samples', 'ventas.csv'), sample);
  const run = await etl(['run', sample, '--date', '2026-02-08', '--json'], runEnv);
  const { workflowId, runId, status } = run.answer;
  if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}: ${run.answer.reason}`);
  const browser = await chromium.launch({
    executablePath: process.env.ETL_TEST_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const path = ['namespaces', 'default', 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
  await page.goto(`${system.answer.ui}/${path}`);
  await page.getByText('Completed').first().waitFor();
  await page.getByText('launchTask').first().waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: target });
  await browser.close();
  console.log(`${target}: ${workflowId}`);
} finally {
  system.child.kill('SIGINT');
  await once(system.child, 'exit');
  await rm(stateDir, { recursive: true, force: true });
}
