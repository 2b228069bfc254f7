import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { root } from './ensure-installed.mjs';

const require = createRequire(import.meta.url);

/** Starts an `etl` command with `--json`, and returns its process and its first object. */
async function start(args, env) {
  const child = spawn(process.execPath, ['cli/etl.js', ...args, '--json'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  if (typeof line !== 'string') throw new Error(`etl ${args.join(' ')} printed nothing`);
  return { child, ended, answer: JSON.parse(line) };
}

/**
 * Runs work with a local system on free ports, in a folder that is removed afterwards. `work` gets the folder, the
 * addresses of the system, and `etl`, which runs a command and returns the object that it prints.
 */
export async function withLocalSystem(name, variables, work) {
  const { makeScratchFolder } = require('../../storage/dist/scratchFolder.js');
  const { getFreePort } = require('../../dist/local/freePort.js');
  const freePort = async () => String(await getFreePort());
  const stateDir = await makeScratchFolder(tmpdir(), name);
  const env = { ...process.env, ...variables(stateDir), ETL_STATE_DIR: stateDir, TEMPORAL_ADDRESS: '' };
  const ports = ['--temporal-port', await freePort(), '--ui-port', await freePort(), '--ecs-port', await freePort()];
  const system = await start(['up', ...ports], env);
  try {
    const runEnv = { ...env, TEMPORAL_ADDRESS: system.answer.temporal };
    const etl = async (...args) => {
      const { ended, answer } = await start(args, runEnv);
      await ended;
      return answer;
    };
    return await work({ stateDir, addresses: system.answer, etl });
  } finally {
    system.child.kill('SIGINT');
    await system.ended;
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Starts headless Chromium. */
export async function openBrowser() {
  const { chromium } = require('../../test/node_modules/playwright-core');
  return chromium.launch({
    executablePath: process.env.ETL_TEST_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
}
