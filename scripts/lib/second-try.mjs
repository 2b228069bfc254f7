/** Maximum of failed files that are repeated. More of them have a common cause. */
const mostFiles = 3;

/** Returns the tests in a report of Jest: file, name and status of each. */
export const testsOf = ({ testResults }) =>
  testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({ file: name, fullName, status })),
  );

/**
 * Repeats the failed files of a run once if there are at most three. Returns the report with the results of the last try
 * of each file, and the names of the unstable tests: those that failed, and passed in the second try.
 * @param first what `runJest` returned for the whole run
 * @param runJest runs Jest with arguments, and returns `{ exitCode, result }`. Undefined: nothing is repeated.
 */
export async function withSecondTry(first, runJest, log) {
  const isFailed = ({ status }) => status === 'failed';
  const files = first.result.testResults.filter(isFailed).map(({ name }) => name);
  if (!runJest || files.length === 0 || files.length > mostFiles) return { ...first, unstable: [] };
  log(`\nSecond try of ${files.join(', ')}`);
  const second = await runJest('--runTestsByPath', ...files);
  const kept = first.result.testResults.filter((each) => !isFailed(each));
  const result = { testResults: [...kept, ...second.result.testResults] };
  const lasting = new Set(testsOf(second.result).filter(isFailed).map(idOf));
  const unstable = testsOf(first.result)
    .filter(isFailed)
    .map(idOf)
    .filter((id) => !lasting.has(id));
  return { exitCode: second.exitCode, result, unstable };
}

const idOf = ({ file, fullName }) => `${file}: ${fullName}`;
