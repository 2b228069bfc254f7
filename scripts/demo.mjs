// npm run demo: runs `etl demo`. Installs and builds a fresh clone first.
import { spawn } from 'node:child_process';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';

ensureInstalled((line) => process.stdout.write(`${line}\n`));
const child = spawn(process.execPath, ['cli/etl.js', 'demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the demo directly, and the demo stops its processes; this process only waits for it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// While the demo is still loading, a signal kills it without an exit code.
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
