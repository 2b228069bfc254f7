// npm test: runs Jest with the given arguments. Installs and builds a fresh clone first, checks the types of the tests, and
// prepares the tools that the selected tests need.
//   --changed                 only the tests that import files changed since the last commit
//   ETL_TEST_REQUIRE_ALL=1    skipped tests are a failure
//   ETL_TEST_SECOND_TRY=1     repeats up to three failed files, and reports those that pass as unstable
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureInstalled, ensurePackages, root } from './lib/ensure-installed.mjs';
import { testsOf, withSecondTry } from './lib/second-try.mjs';
import { variablesOfTests } from './lib/variables-of-tests.mjs';

const log = (line) => process.stdout.write(`${line}\n`);
ensureInstalled(log);
ensurePackages('test', log);
const { status } = spawnSync(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b', 'test'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
const jest = join('test', 'node_modules', 'jest', 'bin', 'jest.js');
const given = process.argv.slice(2).map((arg) => (arg === '--changed' ? '--onlyChanged' : arg));
const listed = spawnSync(process.execPath, [jest, '--listTests', '--json', ...given], { cwd: root, encoding: 'utf8' });
if (listed.status !== 0) {
  process.stderr.write(listed.stderr);
  process.exit(1);
}
// Imported late, because it needs the installed dependencies.
const { prepareTools } = await import('./lib/test-tools.mjs');
const { env, missing } = await prepareTools(variablesOfTests(JSON.parse(listed.stdout)), log);
const requireAll = process.env.ETL_TEST_REQUIRE_ALL === '1';
const reportMissing = () => {
  for (const tool of missing) log(`\nSkipped: tests that require ${tool.name} (${tool.reason})\n  ${tool.remedy}`);
};
if (requireAll && missing.length > 0) {
  reportMissing();
  log('\nerror: ETL_TEST_REQUIRE_ALL is set, but tests would be skipped');
  process.exit(1);
}

const { makeScratchFolder } = createRequire(import.meta.url)('../storage/dist/scratchFolder.js');
const folder = await makeScratchFolder(tmpdir(), 'test');
const resultFile = join(folder, 'result.json');
const options = [
  '--no-warnings',
  // Jest's workers inherit these. Most of their garbage is young, such as module registries and assertions.
  '--min-semi-space-size=32',
  '--max-semi-space-size=64',
  jest,
  // More workers than cores: the longest files wait for half of their time, for timeouts and for processes.
  `--maxWorkers=${Math.min(availableParallelism() + 3, 8)}`,
  '--json',
  `--outputFile=${resultFile}`,
];
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', AWS_EC2_METADATA_DISABLED: 'true' };
process.on('SIGINT', () => undefined);
/** Runs Jest, and returns its exit code and its report. */
const runJest = async (...args) => {
  const child = spawn(process.execPath, [...options, ...args], {
    cwd: root,
    env: { ...process.env, ...quiet, ...env },
    // Jest also prints the JSON to stdout. Its readable report is on stderr.
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  return { exitCode, result: JSON.parse(readFileSync(resultFile, 'utf8')) };
};
const repeats = process.env.ETL_TEST_SECOND_TRY === '1';
const inRoot = (text) => text.replaceAll(join(root, '/'), '');
const { exitCode, result, unstable } = await withSecondTry(
  await runJest(...given),
  repeats ? runJest : undefined,
  (line) => log(inRoot(line)),
);
rmSync(folder, { recursive: true, force: true });
const tests = testsOf(result).map((test) => ({ ...test, file: relative(root, test.file) }));
const skipped = tests.flatMap(({ status, file }) => (status === 'pending' ? [file] : []));
reportMissing();
if (skipped.length > 0) {
  log(
    `\nSkipped in: ${[...new Set(skipped)].map((file) => `${file} (${skipped.filter((each) => each === file).length})`).join(', ')}`,
  );
}
const incomplete = requireAll && skipped.length > 0;
if (incomplete) log('\nerror: ETL_TEST_REQUIRE_ALL is set, but tests were skipped');
const reasons = createRequire(import.meta.url)('../test/support/slow.js');
const slowest = result.testResults
  .map(({ name, startTime, endTime }) => {
    const file = relative(root, name);
    const [, why = ''] = reasons[relative('test', file).replace(/\.test\.ts$/, '')] ?? [];
    return { file, seconds: Math.round((endTime - startTime) / 1000), why };
  })
  .sort((a, b) => b.seconds - a.seconds)
  .slice(0, 20);
if (result.testResults.length > slowest.length) {
  log(
    `\nSlowest files:\n${slowest.map(({ file, seconds, why }) => `  ${String(seconds).padStart(4)} s  ${file}${why && `: ${why}`}`).join('\n')}`,
  );
}
for (const test of unstable) log(`\nUnstable, passed in the second try: ${inRoot(test)}`);
const count = (status) => tests.filter((test) => test.status === status).length;
log(`\n${count('passed')} passed, ${count('failed')} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exit(incomplete ? 1 : exitCode);
