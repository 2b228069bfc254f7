import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { slowDown } from '@etl/fargate/faults/slow';
import { signal } from '@etl/fargate/run/processes';
import { type Program, startProgram } from '@etl/fargate/run/program';
import type { ContainerRecord } from '@etl/fargate/state/records';
import { root } from '../../support/processes';
import { stateOf } from '../../support/processState';

let folder: string;
const programs: Program[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slow-'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill();
    await program.exited;
  }
});
afterAll(() => rm(folder, { recursive: true }));

const container = { name: 'main', environment: {} } as unknown as ContainerRecord;
const sleeper = async (): Promise<Program> => {
  const log = openSync(join(folder, 'log'), 'a');
  const program = await startProgram(container, ['sleep', '60'], join(folder, 'scratch'), log, {});
  closeSync(log);
  programs.push(program);
  return program;
};
const until = async (pid: number, isReached: (state: string | undefined) => boolean) => {
  for (const deadline = Date.now() + 10_000; !isReached(stateOf(pid)); await delay(5)) {
    if (Date.now() > deadline) throw new Error(`the program stays ${stateOf(pid)}`);
  }
};
const isStopped = (state: string | undefined) => state === 'T';
const goesOn = async (pid: number) => {
  for (let look = 0; look < 30; look++, await delay(5)) expect(stateOf(pid)).toMatch(/[RSD]/);
};

it('alternates between stopped and running until it is cancelled', async () => {
  const program = await sleeper();
  const { pid } = program.identity;
  const cancel = slowDown(program, 0.2);
  for (let turn = 0; turn < 3; turn++) {
    await until(pid, isStopped);
    await until(pid, (state) => !isStopped(state));
  }
  await until(pid, isStopped);
  cancel();
  await until(pid, (state) => !isStopped(state));
  await goesOn(pid);
});

it('a share of 1 never stops the program', async () => {
  const program = await sleeper();
  const cancel = slowDown(program, 1);
  await goesOn(program.identity.pid);
  cancel();
});

it('SIGTERM to a stopped program ends it in its next turn', async () => {
  const program = await sleeper();
  const cancel = slowDown(program, 0.01);
  await until(program.identity.pid, isStopped);
  program.terminate();
  expect(await program.exited).toBe(143);
  cancel();
});

it('a supervisor leaves the program running, however the supervisor exits', async () => {
  const module = (name: string) =>
    JSON.stringify(createRequire(__filename).resolve(join(root, 'fargate', 'dist', name)));
  const source = `
    const { startProgram } = require(${module('run/program.js')});
    const { slowDown } = require(${module('faults/slow.js')});
    startProgram({ environment: {} }, ['sleep', '60'], process.argv[1], 2, {}).then((program) => {
      slowDown(program, 0.01);
      console.log(program.identity.pid);
      setTimeout(() => { program.pause(); throw new Error('a fault of its own'); }, 150);
    });`;
  const child = spawn(process.execPath, ['-e', source, join(folder, 'other')], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const pid = Number((await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value);
  try {
    expect(await exited).toBe(1);
    await goesOn(pid);
  } finally {
    signal(-pid, 'SIGKILL');
  }
});
