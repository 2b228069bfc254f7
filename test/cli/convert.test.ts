import { conversionError } from '../../cli/actions/convert';

const end = {
  kind: 'failed',
  exitCode: 143,
  cause: 'stopped by SIGTERM',
  remedy: 'set a longer TIMEOUT_SECONDS',
} as const;

test('Ctrl-C reports what is kept and how to resume, and ends with 130', () => {
  const { message, remedy, exitCode } = conversionError({ ...end, interrupted: 'SIGINT' });
  expect(message).toBe('interrupted: nothing was published, but the finished parts are kept');
  expect(remedy).toMatch(/^Resume with the same command: npx etl/);
  expect(exitCode).toBe(130);
});

test("SIGTERM ends with the container's exit code", () => {
  expect(conversionError({ ...end, interrupted: 'SIGTERM' }).exitCode).toBe(143);
});

test.each([
  [66, /path/],
  [76, /--options/],
  [81, /--replaces/],
])('the remedy for exit code %i is an option of the command', (exitCode, words) => {
  expect(conversionError({ ...end, exitCode }).remedy).toMatch(words);
});

test("any other failure keeps the container's message", () => {
  const failed = { ...end, exitCode: 65, cause: 'one row too many', remedy: 'mend the file' };
  expect(conversionError(failed)).toMatchObject({ message: 'one row too many', remedy: 'mend the file', exitCode: 65 });
});
