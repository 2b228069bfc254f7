import { createLine, printHeadline, printJson, printLines, printText } from '../../cli/output';
import { raw, rawInLines, texts } from '../lib/text/support';
import { etl } from '../support/system';

const values = texts(11, 500);
const collect = () => {
  const written: string[] = [];
  return { out: { write: (text: string) => written.push(text) > 0 }, all: () => written.join('') };
};

test('prints a line as one line without control characters', () => {
  const { out, all } = collect();
  for (const value of values) printLines([value, `reason: ${value}`], out as never);
  expect(all()).not.toMatch(rawInLines);
  expect(all().split('\n')).toHaveLength(2 * values.length + 1);
});

test('prints nothing for no lines', () => {
  const { out, all } = collect();
  printLines([], out as never);
  expect(all()).toBe('');
});

test('prints JSON on one line without changing its value', () => {
  for (const value of values) {
    const { out, all } = collect();
    printJson({ value }, out as never);
    expect(all().slice(0, -1)).not.toMatch(raw);
    expect(JSON.parse(all())).toEqual({ value });
  }
});

test('prints text with its line breaks', () => {
  const { out, all } = collect();
  printText('a\u001b[31m\n  b\n', out as never);
  expect(all()).toBe('a\\u001b[31m\n  b\n');
});

test('cuts the status line to the terminal width, in whole characters', () => {
  const { out, all } = collect();
  const line = createLine({ ...out, isTTY: true, columns: 8 } as never);
  line.show('\u009b31mx');
  line.show('123456😀😀');
  line.end();
  expect(all()).toBe('\r\x1b[K\\u009b3\r\x1b[K123456\r\x1b[K');
});

test('errors of the command quote arguments without executing them', async () => {
  const hostile = 'no\u001b]0;title\u0007\nerror: forged\u202e.csv';
  for (const args of [
    ['convert', hostile, '--out', 'out'],
    ['run', hostile, '--date', hostile],
    [hostile],
    ['convert', `--${hostile}`],
  ]) {
    const { stdout, stderr, exitCode } = await etl(args);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).not.toMatch(rawInLines);
    if (args[0] !== hostile && !args[1]?.startsWith('--')) expect(stderr.trim().split('\n')).toHaveLength(2);
  }
});

test.each([
  [{ NO_COLOR: '', TERM: 'xterm' }, true, '\u001b[1;31mFAILED\u001b[0m\n'],
  [{ NO_COLOR: '1', TERM: 'xterm' }, true, 'FAILED\n'],
  [{ NO_COLOR: '', TERM: 'dumb' }, true, 'FAILED\n'],
  [{ NO_COLOR: '', TERM: 'xterm' }, false, 'FAILED\n'],
])('a headline is coloured only on a terminal that wants colours: %j, terminal %s', (variables, isTTY, expected) => {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  const { out, all } = collect();
  printHeadline('FAILED', 'red', { ...out, isTTY } as never);
  process.env = before;
  expect(all()).toBe(expected);
});
