import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const { variablesOfTests } = jest.requireActual<{ variablesOfTests(tests: readonly string[]): Set<string> }>(
  '../../scripts/lib/variables-of-tests.mjs',
);
const variablesOf = (...tests: string[]): string[] =>
  [...variablesOfTests(tests.map((test) => join(root, 'test', test)))].sort();

test('a pure test needs no tool', () => {
  expect(variablesOf('pipeline/csv/splitRow.test.ts')).toEqual([]);
});

test('a test needs the tools that it and its imports name', () => {
  expect(variablesOf('aws/deadLetters.test.ts')).toEqual(['ETL_TEST_MOTO']);
  expect(variablesOf('system/compose.test.ts')).toEqual(
    expect.arrayContaining(['ETL_TEST_COMPOSE', 'ETL_TEST_DOCKER']),
  );
});

test('the tests need exactly the tools that npm test prepares', () => {
  const files = execFileSync('git', ['ls-files', 'test/*.test.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const others = ['ETL_TEST_REQUIRE_ALL', 'ETL_TEST_THOROUGH'];
  const needed = [...variablesOfTests(files.map((file) => join(root, file)))].filter((name) => !others.includes(name));
  const tools = readFileSync(join(root, 'scripts', 'lib', 'test-tools.mjs'), 'utf8');
  const prepared = [...tools.matchAll(/variable: '(\w+)'/g)].map(([, name = '']) => name);
  expect(needed.sort()).toEqual(prepared.sort());
});
