import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const { variablesOfTests } = jest.requireActual<{ variablesOfTests(tests: readonly string[]): Set<string> }>(
  '../../scripts/lib/variables-of-tests.mjs',
);
const listed = (pattern: string): string[] =>
  execFileSync('git', ['ls-files', pattern], { cwd: root, encoding: 'utf8' }).trim().split('\n');
/** Variables are without their prefix: `npm test` looks for whole ones in this file, too. */
const variablesOf = (tests: string[]): string[] =>
  [...variablesOfTests(tests.map((test) => join(root, test)))].map((name) => name.replace('ETL_TEST_', '')).sort();

test('the tests of the pipeline and of the repository need neither a server nor Docker', () => {
  const needed = variablesOf([...listed('test/pipeline/*.test.ts'), ...listed('test/house/*.test.ts')]);
  expect(needed.filter((name) => ['TEMPORAL', 'TIME_SKIPPING_SERVER', 'MOTO', 'DOCKER'].includes(name))).toEqual([]);
});

test('a test needs the tools that it and its imports name', () => {
  expect(variablesOf(['test/aws/deadLetters.test.ts'])).toEqual(['MOTO']);
  expect(variablesOf(['test/system/compose.test.ts'])).toEqual(expect.arrayContaining(['COMPOSE', 'DOCKER']));
});

test('the tests need exactly the tools that npm test prepares', () => {
  const tools = readFileSync(join(root, 'scripts', 'lib', 'test-tools.mjs'), 'utf8');
  const prepared = [...tools.matchAll(/variable: 'ETL_TEST_(\w+)'/g)].map(([, name = '']) => name);
  const needed = variablesOf(listed('test/*.test.ts')).filter((name) => !['REQUIRE_ALL', 'THOROUGH'].includes(name));
  expect(needed).toEqual(prepared.sort());
});
