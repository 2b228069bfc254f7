import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '@etl/lib/processIdentity';
import { endAll, partsOf, runningTasks } from '../../../local/system/leftovers';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-leftovers-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process that runs until it is ended. */
async function running(source = ''): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', `${source}; setInterval(() => 0, 1000); process.send(1)`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return identify(child.pid ?? 0) ?? { pid: 0, started: '' };
}

function writeTask(name: string, supervisor?: ProcessIdentity): void {
  const task = join(folder, 'ecs', 'tasks', name);
  mkdirSync(task, { recursive: true });
  if (supervisor) writeFileSync(join(task, 'supervisor.json'), JSON.stringify(supervisor));
}

test('finds the tasks whose supervisor runs', async () => {
  const supervisor = await running();
  writeTask('runs', supervisor);
  writeTask('ended', { ...supervisor, started: 'another process with the same ID' });
  writeTask('pending');
  expect(await runningTasks(folder)).toEqual([{ name: 'task runs', ...supervisor }]);
  expect(await runningTasks(join(folder, 'none'))).toEqual([]);
});

test('separates running parts from ended ones', async () => {
  const worker = { name: 'worker', ...(await running()) };
  const ended = { ...worker, name: 'Temporal server', started: 'long ago' };
  expect(partsOf({ parts: [worker, ended] }, 'running')).toEqual([worker]);
  expect(partsOf({ parts: [worker, ended] }, 'ended')).toEqual([ended]);
  expect(partsOf({}, 'running')).toEqual([]);
});

test('terminates processes, and kills those that ignore it', async () => {
  const all = [await running(), await running("process.on('SIGTERM', () => undefined)")];
  await endAll(all, 0.5);
  expect(all.filter(isAlive)).toEqual([]);
});
