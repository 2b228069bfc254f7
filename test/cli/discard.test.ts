import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { discardLetters } from '../../cli/actions/dlq';
import { createFileDeadLetters } from '../../local/outbox';
import { letterOf } from '../activities/deadLetters/support';

let state: string;
const folder = () => join(state, 'dead-letters');
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'etl-discard-'));
  process.env.ETL_STATE_DIR = state;
  await createFileDeadLetters(folder()).send(letterOf('a'));
});
afterEach(async () => {
  delete process.env.ETL_STATE_DIR;
  process.exitCode = undefined;
  jest.restoreAllMocks();
  await rm(state, { recursive: true });
});

/** Runs `etl dlq discard --all` on a terminal and types this answer, or closes the input without one. */
async function discard(typed?: string): Promise<string> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  let shown = '';
  const write = (text: string | Buffer, _: unknown, done: () => void): void => {
    shown += text;
    done();
    if (!String(text).includes('[y/N]')) return;
    if (typed === undefined) input.end();
    else input.write(`${typed}\n`);
  };
  const output = Object.assign(new Writable({ write }), { isTTY: true });
  jest.spyOn(process, 'stdin', 'get').mockReturnValue(input as never);
  jest.spyOn(process, 'stdout', 'get').mockReturnValue(output as never);
  await discardLetters([], { all: true, limit: 100 });
  return shown;
}

test('shows the letters on a terminal, asks for confirmation, and discards them', async () => {
  const shown = await discard('y');
  expect(shown).toMatch(/ {2}BadData\n {2}file: s3:\/\/raw\/ventas\/a\.csv, 2026-02-08\n/);
  expect(shown).toMatch(/Discard 1 letter in .*dead-letters\? Their events will be lost\. \[y\/N\] /);
  expect(shown).toMatch(/discarded: [0-9a-f]{32}\.json\n$/);
  expect(process.exitCode).toBe(0);
  expect(await readdir(folder())).toEqual([]);
});

test.each([['n'], [''], [undefined]])('the answer %j discards nothing', async (typed) => {
  expect(await discard(typed)).toMatch(/Nothing was discarded\.\n$/);
  expect(process.exitCode).toBe(130);
  expect(await readdir(folder())).toHaveLength(1);
});
