// Measures processes: this project's program and its peers.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const state = join(root, '.etl', 'bench');

/** Returns a Python with the peers. Installs it once for each set of versions. */
export function peersPython(log) {
  const wanted = readFileSync(join(here, 'requirements.txt'), 'utf8');
  const venv = join(state, 'peers');
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  log('Installing the peers with Python (once) …');
  rmSync(venv, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', venv]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, 'requirements.txt')], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}

/** Measures a process. Returns `{ wallSeconds, cpuSeconds, peakMiB }`. */
export function measure(python, command, env = {}) {
  const { stdout, stderr } = spawnSync(python, [join(here, 'measure.py'), ...command], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const figures = JSON.parse(stdout.trim().split('\n').at(-1));
  if (figures.exitCode !== 0) throw new Error(`${command.join(' ')} exited with ${figures.exitCode}: ${stderr}`);
  return figures;
}
