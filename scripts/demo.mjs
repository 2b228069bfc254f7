// npm run demo: works as the very first command in a fresh clone.
import { spawn } from 'node:child_process';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';

ensureInstalled((line) => process.stdout.write(`${line}\n`));
const child = spawn(process.execPath, ['cli/etl.js', 'demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the demo itself, which ends what it started; this process only waits for it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// A signal ends it at once while it is only being loaded.
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
