import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

it.each([
  [
    'an invalid fault plan',
    ['--faults', '{"rules":[{}]}'],
    /^fault plan: rules\.0\.fault: undefined is unknown: use one of/,
  ],
  [
    'an invalid retention',
    ['--stopped-task-seconds', 'soon'],
    /^--stopped-task-seconds soon: expected a number above 0$/,
  ],
  ['an invalid scale', ['--rate-limits', '0'], /^--rate-limits 0: expected a number above 0$/],
])('rejects %s with one line and exit code 64', async (_what, options, line) => {
  const main = join(__dirname, '..', '..', 'dist', 'local', 'fargate.js');
  const args = [main, '--port', '0', '--state', tmpdir(), '--image', 'a:1=["a"]', ...options];
  const child = spawn(process.execPath, args);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(64);
  expect(output.split('\n')[0]).toMatch(line);
});
