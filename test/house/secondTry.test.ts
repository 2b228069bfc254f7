interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}
interface Run {
  readonly exitCode: number;
  readonly result: { readonly testResults: readonly FileReport[] };
}
const { withSecondTry, testsOf } = jest.requireActual<{
  withSecondTry(first: Run, runJest: unknown, log: () => void): Promise<Run & { unstable: readonly string[] }>;
  testsOf(result: Run['result']): readonly { status: string }[];
}>('../../scripts/lib/second-try.mjs');

/** Returns the report of one file; `tests` are the statuses by name. */
const file = (name: string, tests: Readonly<Record<string, string>>): FileReport => ({
  name,
  status: Object.values(tests).includes('failed') ? 'failed' : 'passed',
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});
const run = (...testResults: FileReport[]): Run => ({
  exitCode: testResults.some(({ status }) => status === 'failed') ? 1 : 0,
  result: { testResults },
});
const statusesOf = ({ result }: Run) => testsOf(result).map(({ status }) => status);
const silent = () => undefined;

const good = file('a', { one: 'passed', two: 'passed' });
const bad = file('b', { three: 'failed', four: 'passed' });

test('repeats only the failed files, and reports the tests that pass then as unstable', async () => {
  const runJest = jest.fn(async () => run(file('b', { three: 'passed', four: 'passed' })));
  const ended = await withSecondTry(run(good, bad), runJest, silent);
  expect(runJest.mock.calls).toEqual([['--runTestsByPath', 'b']]);
  expect(ended).toMatchObject({ exitCode: 0, unstable: ['b: three'] });
  expect(statusesOf(ended)).toEqual(['passed', 'passed', 'passed', 'passed']);
});

test('a test that fails twice fails the run', async () => {
  const ended = await withSecondTry(run(good, bad), async () => run(bad), silent);
  expect(ended).toMatchObject({ exitCode: 1, unstable: [] });
  expect(statusesOf(ended)).toEqual(['passed', 'passed', 'failed', 'passed']);
});

test('another test of the file that fails in the second try fails the run', async () => {
  const other = run(file('b', { three: 'passed', four: 'failed' }));
  const ended = await withSecondTry(run(good, bad), async () => other, silent);
  expect(ended).toMatchObject({ exitCode: 1, unstable: ['b: three'] });
});

test.each([
  ['no file failed', run(good)],
  ['more than three files failed', run(...['b', 'c', 'd', 'e'].map((name) => file(name, { three: 'failed' })))],
])('repeats nothing if %s', async (_, first) => {
  const runJest = jest.fn();
  expect(await withSecondTry(first, runJest, silent)).toEqual({ ...first, unstable: [] });
  expect(runJest).not.toHaveBeenCalled();
});

test('repeats nothing unless it is asked to', async () => {
  expect(await withSecondTry(run(bad), undefined, silent)).toMatchObject({ exitCode: 1, unstable: [] });
});
