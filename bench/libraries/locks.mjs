// local/lockFile.ts: held by a living process; free at once after a crash; exactly one of many takes a stale lock.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const packages = ['proper-lockfile@4.1.2'];

const program = join(dirname(fileURLToPath(import.meta.url)), 'lockHolder.mjs');
/** The minimum that proper-lockfile allows. Its default is 10 s. */
const staleMs = 2000;
/** Enough for all processes of a race to load before they try at once. */
const loadMs = 4000;
const races = 20;
const racers = 16;

export async function compare({ folder: libraries, say }) {
  for (const kind of ['ours', 'proper-lockfile']) {
    const folder = mkdtempSync(join(tmpdir(), 'etl-locks-'));
    const start = (holdMs, at = 0) => startHolder(kind, join(folder, 'lock'), libraries, holdMs, at);
    try {
      const killed = start(60_000);
      await killed.took;
      killed.process.kill('SIGKILL');
      await killed.ended;
      const begun = performance.now();
      while (!(await start(0).took)) await sleep(20);
      say(`${kind}: taken ${(performance.now() - begun).toFixed(0)} ms after its holder was killed`);

      const suspended = start(60_000);
      await suspended.took;
      suspended.process.kill('SIGSTOP');
      await sleep(2 * staleMs);
      const second = await start(0).took;
      say(`${kind}: ${second ? 'taken from' : 'kept for'} a holder that was suspended for ${(2 * staleMs) / 1000} s`);
      suspended.process.kill('SIGKILL');
      await suspended.ended;

      let several = 0;
      for (let race = 0; race < races; race++) {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        leaveStale(kind, join(folder, 'lock'));
        const at = Date.now() + loadMs;
        const all = Array.from({ length: racers }, () => start(1000, at));
        const took = await Promise.all(all.map((each) => each.took));
        if (took.filter(Boolean).length > 1) several++;
        await Promise.all(all.map((each) => each.ended));
      }
      say(`${kind}: ${several} of ${races} races of ${racers} processes for a stale lock had several holders`);
      const left = readdirSync(folder);
      if (left.length > 0) say(`${kind}: leaves ${left.join(', ')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Leaves the lock of a process that is gone. */
function leaveStale(kind, file) {
  if (kind === 'ours') {
    const holder = { pid: 1, started: 'another boot:1', since: '2026-02-08T00:00:00Z', facts: {} };
    writeFileSync(`${file}.1`, JSON.stringify(holder));
    return;
  }
  mkdirSync(`${file}.lock`);
  const old = new Date(Date.now() - 3_600_000);
  utimesSync(`${file}.lock`, old, old);
}

function startHolder(kind, file, libraries, holdMs, at) {
  const child = spawn(process.execPath, [program, kind, file, libraries, String(holdMs), String(staleMs), String(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const took = new Promise((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(line === 'took'));
    child.once('exit', () => resolve(false));
  });
  return { process: child, took, ended };
}
