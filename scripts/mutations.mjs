// npm run mutations: applies one mutation at a time to the workflow in a copy of the repository, and prints which test of
// test/equivalence detects it. Exits with 1 if a mutation survives.
//   --only TEXT   only the mutations whose names contain TEXT
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, ensurePackages } from './lib/ensure-installed.mjs';
import { workflowMutations } from './lib/workflowMutations.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
ensureInstalled();
ensurePackages('test');
// Imported late, because it needs the installed dependencies.
const { tools } = await import('./lib/test-tools.mjs');
const server = 'ETL_TEST_TIME_SKIPPING_SERVER';
process.env[server] ??= await tools.find(({ variable }) => variable === server).find(console.error);
// On the same file system as the packages, because they are hard-linked.
mkdirSync(join(root, '.etl'), { recursive: true });
const { makeScratchFolder } = createRequire(import.meta.url)('../storage/dist/scratchFolder.js');
const copy = await makeScratchFolder(join(root, '.etl'), 'mutations');
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
let survived = 0;
makeCopy();
const unmutated = firstFailure();
if (unmutated !== undefined) throw new Error(`fails without any mutation: ${unmutated}`);
for (const mutation of workflowMutations.filter(({ name }) => name.includes(values.only))) {
  const started = Date.now();
  const detectedBy = testMutation(mutation);
  if (detectedBy === undefined) survived += 1;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`| ${mutation.name} | ${mutation.file} | ${detectedBy ?? '**survived**'} | ${seconds} s |`);
}
process.exitCode = survived > 0 ? 1 : 0;

/** Copies sources and builds, and links packages, which are never written. */
function makeCopy() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const file of files.filter((each) => existsSync(join(root, each)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  for (const built of [
    'dist',
    'lib/dist',
    'ecs/dist',
    'fargate/dist',
    'pipeline/dist',
    'storage/dist',
    'etl-image/dist',
    'etl-image/build',
  ]) {
    if (existsSync(join(root, built)))
      cpSync(join(root, built), join(copy, built), { recursive: true, preserveTimestamps: true });
  }
  for (const folder of ['node_modules', join('test', 'node_modules')]) {
    const [from, to] = [join(root, folder), join(copy, folder)];
    if (process.platform === 'linux') execFileSync('cp', ['-al', from, to]);
    else cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

/** Returns the test that detects the mutation; undefined for a survivor. Throws if the mutation does not apply or build. */
function testMutation({ name, file, edits }) {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  const after = edits.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`${name}: ${file} must contain this text exactly once: ${from}`);
    return text.replace(from, () => to);
  }, before);
  try {
    writeFileSync(path, after);
    build(name);
    return firstFailure();
  } finally {
    writeFileSync(path, before);
  }
}

/** Returns the first test that fails; undefined if none does. */
function firstFailure() {
  return run('test/equivalence/equivalence');
}

function build(name) {
  for (const command of [['node_modules/.bin/tsc', '-b'], ['scripts/bundle-workflows.mjs']]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: copy, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: does not build\n${stdout}${stderr}`);
  }
}

function run(path) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const args = ['test/node_modules/.bin/jest', path, '--json', `--outputFile=${report}`, '--forceExit'];
  spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: 400_000 });
  if (!existsSync(report)) throw new Error(`${path} did not finish`);
  const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  if (numPassedTests + numFailedTests === 0) throw new Error(`${path}: no test ran`);
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map((each) => each.title),
  );
  return failed.length > 0 ? `${path}: ${failed.join('; ')}` : undefined;
}
