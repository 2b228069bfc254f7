import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ContainerRun, withLast } from '../../../support/container';
import { start } from '../../../support/processes';

/**
 * An interruption of the container before its n-th step (1, 2, …) of those whose `operation target` matches. Steps are
 * changes of the file system (the rename or link that ends each write, and each removal), the start of an upload, the
 * opening of the source, and the moment in which a part is incomplete.
 */
export interface Interruption {
  readonly how: 'SIGKILL' | 'SIGTERM' | 'hold';
  readonly at: number;
  readonly match?: string;
}

// The built program, unbundled, in a process with gates in its modules' exports.
const program = `
const { isMainThread } = require('node:worker_threads');
const { existsSync, writeFileSync } = require('node:fs');
const [how, at, match, folder] = process.argv.slice(1);
const pattern = new RegExp(match);
let seen = 0;
const step = async (text) => {
  if (!pattern.test(text) || ++seen !== Number(at)) return;
  writeFileSync(folder + '/step', text);
  if (how !== 'hold') return process.kill(process.pid, how);
  while (!existsSync(folder + '/go-on')) await new Promise((resolve) => setTimeout(resolve, 10));
};
const gate = (target, names) => {
  for (const name of names) {
    const original = target[name];
    target[name] = async function (...args) {
      // The target of operations with two places. Methods of a draft have no target.
      await step([name, ...args.filter((each) => typeof each === 'string').slice(-1)].join(' '));
      return original.apply(this, args);
    };
  }
  return target;
};
if (isMainThread) {
  gate(require('node:fs/promises'), ['rename', 'link']);
  gate(require('@etl/storage/folders').folders, ['remove']);
  gate(require('@etl/image/chunks/chunkDraft').ChunkDraft.prototype, ['close']);
  const opening = require('@etl/storage/openStore');
  const { openStore } = opening;
  opening.openStore = (...args) => gate({ ...openStore(...args) }, ['openRead', 'upload', 'remove', 'removeUnfinished']);
  require('./etl-image/dist/program.js');
}
`;

export interface Stepwise {
  readonly child: ChildProcess;
  /** Exit code null means killed. */
  readonly ended: Promise<ContainerRun>;
  /** Resolves when the container is paused; throws if it ended before. */
  held(): Promise<void>;
  letGo(): Promise<void>;
  reached(): boolean;
  /** The step of the interruption. */
  step(): string;
}

/** Starts the container with an interruption. `folder` belongs to this run only. */
export function startInterrupted(folder: string, env: Record<string, string>, interruption: Interruption): Stepwise {
  // Progress is written by time, so its steps would vary between runs.
  const { how, at, match = '^(?!.*progress.json)' } = interruption;
  const { PATH = '' } = process.env;
  const args = ['-e', program, how, String(at), match, folder];
  const { child, ended } = start(process.execPath, args, { PATH, ...env });
  const reached = () => existsSync(join(folder, 'step'));
  let over = false;
  const run = ended.then((end) => {
    over = true;
    return withLast(end);
  });
  return {
    child,
    ended: run,
    reached,
    step: () => readFileSync(join(folder, 'step'), 'utf8'),
    letGo: () => writeFile(join(folder, 'go-on'), ''),
    held: async () => {
      while (!reached()) {
        if (over) throw new Error(`it ended before the step: ${(await run).stderr}`);
        await sleep(10);
      }
    },
  };
}
