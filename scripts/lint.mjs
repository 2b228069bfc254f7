// npm run lint: checks types, lint rules and format. npm run format (--write): formats, and checks lint rules.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePackages, root } from './lib/ensure-installed.mjs';

const write = process.argv.includes('--write');
for (const folder of ['.', 'test']) ensurePackages(folder);
if (!write) run(join('node_modules', 'typescript', 'bin', 'tsc'), '-b', 'test');
run(join('test', 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', ...(write ? ['--write'] : []), '.');

/** Runs a Node program. Ends this process if it fails. */
function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
