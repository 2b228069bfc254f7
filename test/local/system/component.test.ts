import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, startProgram } from '../../../local/system/component';
import { isAlive, until } from '../../support/system';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-part-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (source: string, signal?: AbortSignal): Promise<Running> => {
  const program = join(folder, 'program.js');
  writeFileSync(program, source);
  return startProgram(program, [], { env: process.env, logFile: join(folder, 'log'), signal });
};
const alive = 'setInterval(() => undefined, 1000);';

test('a component is running once it reports ready, and ends when it is stopped', async () => {
  const { pid, stop } = await start(`process.send('ready'); ${alive}`);
  expect(isAlive(pid)).toBe(true);
  await stop();
  expect(isAlive(pid)).toBe(false);
});

test('a component that ends early fails with its own cause and remedy', async () => {
  writeFileSync(join(folder, 'log'), 'etl-worker: an earlier cause\netl-worker: an earlier remedy\n');
  const said = "process.stderr.write('etl-worker: no such namespace\\netl-worker: Create it\\n'); process.exit(78);";
  await expect(start(said)).rejects.toMatchObject({
    ...{ name: 'PartError', message: 'no such namespace', remedy: 'Create it', exitCode: 78 },
  });
});

test('a component that crashes fails with the path of its log', async () => {
  await expect(start("throw new Error('no');")).rejects.toMatchObject({
    ...{ message: 'exit code 1', remedy: `Check the log ${join(folder, 'log')}`, exitCode: null },
  });
});

test('a component that never becomes ready ends on the first Ctrl-C', async () => {
  const stopping = new AbortController();
  const starting = start(
    `require('fs').writeFileSync('${folder}/pid', String(process.pid)); ${alive}`,
    stopping.signal,
  );
  const expected = expect(starting).rejects.toMatchObject({ name: 'AbortError' });
  const pid = await until('its process', 20, () => Number(read(join(folder, 'pid'))));
  stopping.abort();
  await expected;
  expect(isAlive(pid)).toBe(false);
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
