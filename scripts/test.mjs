// npm test: works as the very first command in a fresh clone. Arguments go to Jest.
//   --changed                 only the tests that import what has changed since the last commit
//   ETL_TEST_REQUIRE_ALL=1    nothing may be left out
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
ensureInstalled(say);
// Only now are the dependencies there that these need.
const { prepareTools } = await import('./lib/test-tools.mjs');
const { env, missing } = await prepareTools(say);
const requireAll = process.env.ETL_TEST_REQUIRE_ALL === '1';
const sayMissing = () => {
  for (const tool of missing)
    say(`\nLeft out: tests that need ${tool.name} (${tool.reason})\n  to have them run: ${tool.remedy}`);
};
if (requireAll && missing.length > 0) {
  sayMissing();
  say('\nETL_TEST_REQUIRE_ALL is set, and tests would be left out: this is a failure.');
  process.exit(1);
}

const { makeScratchFolder } = createRequire(import.meta.url)('../storage/dist/scratchFolder.js');
const folder = await makeScratchFolder(tmpdir(), 'test');
const resultFile = join(folder, 'result.json');
const args = [
  '--no-warnings',
  join('node_modules', 'jest', 'bin', 'jest.js'),
  // More than two cores need: much of a test is waiting for what it has started.
  '--maxWorkers=3',
  '--json',
  `--outputFile=${resultFile}`,
];
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', AWS_EC2_METADATA_DISABLED: 'true' };
const given = process.argv.slice(2).map((arg) => (arg === '--changed' ? '--onlyChanged' : arg));
const child = spawn(process.execPath, [...args, ...given], {
  cwd: root,
  env: { ...process.env, ...quiet, ...env },
  // Jest prints the JSON to stdout although it has a file for it; what people read is on stderr.
  stdio: ['inherit', 'ignore', 'inherit'],
});
process.on('SIGINT', () => undefined);
const exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));

const result = JSON.parse(readFileSync(resultFile, 'utf8'));
rmSync(folder, { recursive: true, force: true });
const skipped = (result.testResults ?? []).flatMap(({ name, assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'pending').map(() => relative(root, name)),
);
sayMissing();
if (skipped.length > 0) {
  say(
    `\nSkipped in: ${[...new Set(skipped)].map((file) => `${file} (${skipped.filter((each) => each === file).length})`).join(', ')}`,
  );
}
const incomplete = requireAll && skipped.length > 0;
if (incomplete) say('\nETL_TEST_REQUIRE_ALL is set, and tests were skipped: this is a failure.');
const slowest = (result.testResults ?? [])
  .map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    seconds: Math.round((endTime - startTime) / 1000),
  }))
  .sort((a, b) => b.seconds - a.seconds)
  .slice(0, 20);
if ((result.testResults ?? []).length > slowest.length) {
  say(
    `\nSlowest files:\n${slowest.map(({ file, seconds }) => `  ${String(seconds).padStart(4)} s  ${file}`).join('\n')}`,
  );
}
const { numPassedTests: passed, numFailedTests: failed } = result;
say(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exit(incomplete ? 1 : exitCode);
