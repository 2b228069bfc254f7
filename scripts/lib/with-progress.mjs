// Runs a command, reports the elapsed time every ten seconds, and shows the command's output only if it fails.
//   node with-progress.mjs WHAT COMMAND ARG…
import { spawn } from 'node:child_process';

const [what, command, ...args] = process.argv.slice(2);
const startedAt = performance.now();
const timer = setInterval(() => {
  process.stderr.write(`${what} … ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}, 10_000);
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
const output = [];
for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
child.on('close', (code) => {
  clearInterval(timer);
  if (code !== 0) process.stderr.write(Buffer.concat(output));
  process.exitCode = code === 0 ? 0 : 1;
});
