// Saves the histories that test/workflows/histories.test.ts replays: runs of each kind, on the local system.
// usage: node scripts/save-histories.mjs NAME    (e.g. the version they were made with)
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));
const { findTemporal } = require('./dist/local/temporal/findTemporal.js');
const { getFreePort } = require('./dist/local/freePort.js');
const { writeSalesSample } = require('./dist/local/samples/ventas.js');

const [name] = process.argv.slice(2);
if (!name) throw new Error('usage: node scripts/save-histories.mjs NAME');
const target = join(root, 'test', 'workflows', 'histories');
const temporal = await findTemporal(console.log);
const folder = mkdtempSync(join(tmpdir(), 'etl-histories-'));
const stateDir = join(folder, 'state');
const tasksAlone = { ETL_LIGHT_LANE: 'off', ETL_TASK_SIZE: 'definition', ETL_SPOT: 'false' };
const env = { ...process.env, ...tasksAlone, ETL_STATE_DIR: stateDir, ETL_TIME_SCALE: '0.02', TEMPORAL_ADDRESS: '' };
const ports = [];
for (const option of ['--temporal-port', '--ui-port', '--ecs-port']) ports.push(option, String(await getFreePort()));
const up = spawn(process.execPath, ['cli/etl.js', 'up', '--json', ...ports], {
  cwd: root,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(createInterface({ input: up.stdout }), 'line');
const runEnv = { ...env, TEMPORAL_ADDRESS: JSON.parse(line).temporal };

const start = (file, ...options) => {
  const args = [
    'cli/etl.js',
    'run',
    file,
    '--date',
    '2026-02-08',
    '--dataset',
    'ventas',
    '--json',
    '--no-wait',
    ...options,
  ];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, env: runEnv, encoding: 'utf8' })).workflowId;
};
const cli = (...args) => execFileSync(temporal, args, { env: runEnv, encoding: 'utf8', maxBuffer: 1 << 26 });
const programOf = async (known) => {
  const tasks = join(stateDir, 'ecs', 'tasks');
  for (;;) {
    const id = existsSync(tasks) && readdirSync(tasks).find((each) => !known.includes(each));
    const programs = id && join(tasks, id, 'programs.json');
    if (programs && existsSync(programs)) {
      known.push(id);
      return Number(/"pid":\s*(\d+)/.exec(readFileSync(programs, 'utf8'))[1]);
    }
    await delay(50);
  }
};
const save = async (kind, workflowId) => {
  try {
    cli('workflow', 'result', '--workflow-id', workflowId);
  } catch {
    // A run that failed is as good a history.
  }
  const history = cli('workflow', 'show', '--workflow-id', workflowId, '--output', 'json');
  writeFileSync(join(target, `${name}-${kind}.json`), history);
  console.log(`${name}-${kind}.json`);
};

try {
  mkdirSync(target, { recursive: true });
  const slow = ['--options', '{"chunkRows":100}'];
  const sample = async (stem, rows) => {
    const path = join(folder, `${stem}.csv`);
    await writeSalesSample(path, rows);
    return path;
  };
  const tasks = [];
  const delivered = start(await sample('delivered', 5000));
  await programOf(tasks);
  await save('delivered', delivered);
  writeFileSync(join(folder, 'invalid.csv'), '');
  await save('invalid', start(join(folder, 'invalid.csv')));
  const killed = start(await sample('relaunched', 20_000), ...slow);
  process.kill(await programOf(tasks), 'SIGKILL');
  await programOf(tasks);
  await save('relaunched', killed);
  const cancelled = start(await sample('cancelled', 20_000), ...slow);
  await programOf(tasks);
  cli('workflow', 'cancel', '--workflow-id', cancelled);
  await save('cancelled', cancelled);
} finally {
  up.kill('SIGINT');
  await once(up, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
