// Runs every kind of workflow on the local system, and saves the histories that test/workflows/histories.test.ts replays.
// usage: node scripts/save-histories.mjs NAME    (for example the current version)
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
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
const { makeScratchFolder } = require('./storage/dist/scratchFolder.js');

const [name] = process.argv.slice(2);
if (!name) throw new Error('usage: node scripts/save-histories.mjs NAME');
const target = join(root, 'test', 'workflows', 'histories');
const temporal = await findTemporal(console.log);
const folder = await makeScratchFolder(tmpdir(), 'histories');
const stateDir = join(folder, 'state');
const env = { ...process.env, ETL_STATE_DIR: stateDir, ETL_TIME_SCALE: '0.02', TEMPORAL_ADDRESS: '' };
const ports = [];
for (const option of ['--temporal-port', '--ui-port', '--ecs-port']) ports.push(option, String(await getFreePort()));
const up = spawn(process.execPath, ['cli/etl.js', 'up', '--json', ...ports], {
  cwd: root,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(createInterface({ input: up.stdout }), 'line');
const runEnv = { ...env, TEMPORAL_ADDRESS: JSON.parse(line).temporal };

const etl = (...args) => {
  const output = execFileSync(process.execPath, ['cli/etl.js', ...args, '--json', '--no-wait'], {
    cwd: root,
    env: runEnv,
    encoding: 'utf8',
  });
  return JSON.parse(output).workflowId;
};
const onFargate = { compute: { lane: 'fargate' } };
const start = (file, options = onFargate) =>
  etl('run', file, '--date', '2026-02-08', '--dataset', 'ventas', '--options', JSON.stringify(options));
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
/** Approves a run as soon as it waits for the approval. */
const approve = async (workflowId, answer) => {
  const input = ['--name', 'approve', '--input', JSON.stringify(answer)];
  for (let tries = 0; ; tries++) {
    try {
      return cli('workflow', 'update', 'execute', '--workflow-id', workflowId, ...input);
    } catch (error) {
      if (tries === 100) throw error;
      await delay(200);
    }
  }
};
const save = async (kind, workflowId, runId) => {
  try {
    cli('workflow', 'result', '--workflow-id', workflowId);
  } catch {
    // The history of a failed run is saved, too.
  }
  const run = runId === undefined ? [] : ['--run-id', runId];
  const history = cli('workflow', 'show', '--workflow-id', workflowId, ...run, '--output', 'json');
  // Stack traces contain the path of this clone.
  writeFileSync(join(target, `${name}-${kind}.json`), history.replaceAll(`${root}/`, ''));
  console.log(`${name}-${kind}.json`);
};

try {
  mkdirSync(target, { recursive: true });
  const slow = { ...onFargate, chunkRows: 100 };
  const sample = async (path, rows) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeSalesSample(join(folder, path), rows);
    return join(folder, path);
  };
  const tasks = [];
  const delivered = start(await sample('delivered.csv', 5000));
  await programOf(tasks);
  await save('delivered', delivered);

  writeFileSync(join(folder, 'invalid.csv'), '');
  await save('invalid', start(join(folder, 'invalid.csv')));

  const relaunched = start(await sample('relaunched.csv', 20_000), slow);
  process.kill(await programOf(tasks), 'SIGKILL');
  await programOf(tasks);
  await save('relaunched', relaunched);

  const cancelled = start(await sample('cancelled.csv', 20_000), slow);
  await programOf(tasks);
  cli('workflow', 'cancel', '--workflow-id', cancelled);
  await save('cancelled', cancelled);

  await save('light', start(await sample('light.csv', 5000), {}));

  writeFileSync(join(folder, 'approved.csv'), `id,name\n${'1,a\n'.repeat(500)}${'x,b\n'.repeat(50)}`);
  const held = { columns: { id: 'integer' }, rejects: { level: 'hold' } };
  const approved = start(join(folder, 'approved.csv'), held);
  await approve(approved, { approved: true });
  await save('approved', approved);

  const shards = { chunkRows: 1000, compute: { shards: 2 } };
  const fanOut = start(await sample('fanOut.csv', 5000), shards);
  await save('fanOut', fanOut);
  await save('shard', `${fanOut}/shard-1-of-2`);

  for (const stem of ['one', 'two', 'three']) await sample(`night/${stem}_2026-02-08.csv`, 500);
  writeFileSync(join(folder, 'night', 'bad_2026-02-08.csv'), '');
  await save('batch', etl('batch', join(folder, 'night'), '--date', '2026-02-08', '--max-concurrent', '2'));

  // The first run of a batch that continues as new.
  for (const stem of ['one', 'two', 'three']) await sample(`long/${stem}_2026-02-09.csv`, 500);
  const inputs = [{ prefix: `file://${join(folder, 'long')}`, batchDate: '2026-02-09' }, { startsPerRun: 1 }];
  const id = ['--workflow-id', 'continued'];
  const begin = ['--type', 'nightlyBatch', '--task-queue', 'etl', ...id, '--output', 'json'];
  const input = inputs.flatMap((each) => ['--input', JSON.stringify(each)]);
  const { runId } = JSON.parse(cli('workflow', 'start', ...begin, ...input));
  await save('continued', 'continued', runId);
} finally {
  up.kill('SIGINT');
  await once(up, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
