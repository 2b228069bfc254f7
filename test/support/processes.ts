import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command with exactly this environment, by default in the repository's root, and collects its output. */
export function start(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  cwd = root,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs a command to completion. */
export function command(file: string, args: string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<Ended> {
  return start(file, args, { ...process.env, ...env }, cwd).ended;
}
