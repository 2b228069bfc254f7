// Installs the dependencies of a clone and builds it. Uses only Node's own modules, because no others are installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const built = join(root, 'dist', '.etl-built');
const sources = [
  'lib/src',
  'ecs/src',
  'fargate/src',
  'pipeline/src',
  'storage/src',
  'etl-image/src',
  'etl-image/assembly',
  'etl-image/asconfig.json',
  'etl-image/kernel.mjs',
  'api',
  'workflows',
  'activities',
  'client',
  'report',
  'step-functions',
  'aws',
  'config',
  'workers',
  'local',
  'cli',
  'etl-image/bundle.mjs',
  'scripts/bundle-workflows.mjs',
  'scripts/bundle-lambdas.mjs',
  'scripts/lib',
  'tsconfig.json',
  'tsconfig.base.json',
  'package-lock.json',
];

const logError = (line) => process.stderr.write(`${line}\n`);

/**
 * Installs the packages of a folder's lockfile unless they are installed, and logs it. Exits the process on failure.
 * `test` has what only tests, lint and the generated kernel need; `.` everything else.
 */
export function ensurePackages(folder, log = logError) {
  const stamp = join(root, folder, 'node_modules', '.etl-installed');
  const lock = hash(readFileSync(join(root, folder, 'package-lock.json')));
  if (read(stamp) === lock) return;
  const what = folder === '.' ? 'Installing dependencies (npm ci)' : `Installing dependencies of ${folder}/ (npm ci)`;
  log(`${what} …`);
  run(what, 'npm', ['ci', '--no-audit', '--no-fund'], folder);
  writeFileSync(stamp, lock);
}

/** Installs and builds what is missing or out of date, except `test`, and logs each step. Exits the process on failure. */
export function ensureInstalled(log = logError) {
  checkNode();
  ensurePackages('.', log);
  const state = sourceState();
  if (read(built) !== state) {
    log('Building …');
    run('Building', 'npm', ['run', 'build']);
    mkdirSync(dirname(built), { recursive: true });
    writeFileSync(built, state);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 20)) return;
  process.stderr.write(`error: Node.js ${process.versions.node} is too old\nInstall Node.js 20.20 or later\n`);
  process.exit(69);
}

function run(what, command, args, folder = '.') {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'lib', 'with-progress.mjs'), what, command, ...args],
    {
      cwd: join(root, folder),
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status === 0) return;
  process.stderr.write(
    `error: ${command} ${args.join(' ')} failed\nCorrect the problem that its output shows, then run the command again\n`,
  );
  process.exit(69);
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Returns a hash of the names, sizes and modification times of all sources. */
function sourceState() {
  const entries = sources.flatMap((source) => filesBelow(join(root, source)));
  return hash(entries.map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`).join('\n'));
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
