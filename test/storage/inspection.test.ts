import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { headBytes, inspectHead } from '@etl/pipeline/csv/inspectHead';
import { steps } from '@etl/pipeline/definition';
import type { Options } from '@etl/pipeline/options';
import { type InspectionLimits, InspectionThread } from '@etl/storage/inspection/inspectionThread';
import { validateInput } from '../../activities/validateInput';
// Imported by its path: suites that do not test the thread inspect inline (jest.config.js).
import { inspectionLimits, threadProgram } from '../../storage/src/inspection/inspectInThread';
import { MemoryStore } from '../support/fakePorts';
import { command, root } from '../support/processes';
import { checksummedFrame, zstdBomb } from '../support/zstd';

// These tests define the limits and the program of the activity's thread.
jest.mock('@etl/storage/inspection/inspectInThread', () => ({
  inspectInThread: (head: Buffer) => obedientThread({ seconds: 0.5 })(head.toString()),
}));

const complete = { complete: true } as const;
const calm: InspectionLimits = { seconds: 60, queueSeconds: 100, heapMiB: 32 };
const obedient = join(__dirname, 'support', 'obedientThread.js');

/**
 * Returns a thread that loops, blocks, exits, throws, fails or fills its memory if the head is that word, and answers any
 * other head.
 */
function obedientThread(limits: Partial<InspectionLimits> = {}) {
  const thread = new InspectionThread(obedient, { ...calm, ...limits });
  return (word: string) => thread.inspect(Buffer.from(word), complete);
}

describe('an inspection that exceeds its time', () => {
  test('is rejected with the limit, while the event loop stays responsive and the next inspection waits its turn', async () => {
    const inspect = obedientThread({ seconds: 0.5 });
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    const [looped, next] = await Promise.all([inspect('loop'), inspect('next')]);
    clearInterval(timer);
    expect(looped).toMatchObject({
      problems: ['inspecting the first 4 bytes took longer than the limit of 1 s: check that the file is CSV text'],
    });
    expect(next).toMatchObject({ text: 'next' });
    // A blocked loop turns once. An idle machine has 50 turns.
    expect(turns).toBeGreaterThan(5);
  });

  test('rejects an inspection that waits too long, and serves the next', async () => {
    const inspect = obedientThread({ seconds: 1, queueSeconds: 0.2 });
    const blocked = inspect('block');
    await expect(inspect('late')).rejects.toThrow('the inspection did not start within 1 s');
    expect((await blocked).problems).toHaveLength(1);
    expect(await inspect('next')).toMatchObject({ text: 'next' });
  });

  test('does not count the time in which the process was suspended', async () => {
    const inspect = obedientThread({ seconds: 2 });
    await inspect('start');
    const busy = inspect('block');
    // As a suspended process.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
    const first = await Promise.race([busy, sleep(300, 'still running')]);
    expect(first).toBe('still running');
    expect((await busy).problems).toHaveLength(1);
  });

  test('two inspections of a file fit within one attempt of the step', () => {
    const { seconds, queueSeconds } = inspectionLimits;
    expect(2 * (seconds + queueSeconds)).toBeLessThan(steps.validateInput.attemptTimeoutSeconds);
  });
});

test('validation reports the file and the limit, and does not fail the attempt', async () => {
  const store = new MemoryStore();
  const uri = 's3://raw/ventas/ventas.csv';
  store.objects.set(uri, Buffer.from('loop'));
  const settings = { rawBase: 's3://raw', cleanBase: 's3://clean', timeScale: 1 };
  const event = { detail: { s3Key: 'ventas/ventas.csv', batchDate: '2026-02-08' } };
  expect(await validateInput(store, settings, event)).toMatchObject({
    valid: false,
    reasons: [
      `${uri}: inspecting the first 4 bytes took longer than the limit of 1 s: check that the file is CSV text`,
    ],
  });
});

describe('a thread that ends', () => {
  test.each([
    ['exit', 'exited with code 7'],
    ['throw', 'out of order'],
    ['fail', 'a bug'],
  ])('after %j the inspection is rejected, and the next one works', async (word, reason) => {
    const inspect = obedientThread();
    const [ended, next] = await Promise.allSettled([inspect(word), inspect('next')]);
    expect(ended).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(reason) } });
    expect(next).toMatchObject({ status: 'fulfilled', value: { text: 'next' } });
  });

  test('that runs out of memory rejects the head with the limit, and the next inspection works', async () => {
    const inspect = obedientThread();
    expect((await inspect('fill')).problems).toEqual([
      'inspecting the first 4 bytes needs more memory than the limit of 32 MiB: check that the file is CSV text',
    ]);
    expect(await inspect('next')).toMatchObject({ text: 'next' });
  });

  test('that cannot start fails with the name of its program', async () => {
    const thread = new InspectionThread(join(__dirname, 'missing.js'), calm);
    await expect(thread.inspect(Buffer.from('a'), complete)).rejects.toThrow('missing.js');
  });
});

test('the thread has no environment variables', async () => {
  expect(await obedientThread()('next')).toMatchObject({ env: [] });
});

test('an idle thread does not keep the process alive', async () => {
  const program = `require('./storage/dist/inspection/inspectInThread.js')
    .inspectInThread(Buffer.from('a,b\\n1,2\\n'), { complete: true })
    .then(({ columns }) => console.log(columns.length));`;
  expect(await command(process.execPath, ['--eval', program])).toEqual({ exitCode: 0, stdout: '2\n', stderr: '' });
});

let created: readonly [string, Buffer, Options][] | undefined;

/** Heads of every kind that inspection recognizes, and the most expensive ones. */
function heads(): readonly [string, Buffer, Options][] {
  created ??= createHeads();
  return created;
}

function createHeads(): [string, Buffer, Options][] {
  const spectrum = join(root, 'test', 'node_modules', 'csv-spectrum', 'csvs');
  const files = readdirSync(spectrum).map((name): [string, Buffer, Options] => [
    name,
    readFileSync(join(spectrum, name)),
    {},
  ]);
  const csv = 'ID Venta;Total;Año\n1;10,5;2026\n';
  return [
    ...files,
    ['empty', Buffer.alloc(0), {}],
    ['gzip', gzipSync(csv), {}],
    ['damaged gzip', gzipSync(csv).fill(0xff, 10, 20), {}],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)).subarray(0, headBytes), {}],
    ['Zstandard', checksummedFrame, {}],
    ['a bomb of Zstandard', zstdBomb(Buffer.from('a,b\n'), '1', 1000), {}],
    ['Windows-1252', Buffer.from(csv, 'latin1'), {}],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), {}],
    ['not UTF-16', Buffer.from([0, 0xd8, 0, 0]), { dialect: { encoding: 'utf-16le' } }],
    ['another quote', Buffer.from("'a','b'\n1,'x, y'\n"), { dialect: { quote: "'" } }],
    ['Parquet', Buffer.from('PAR1....'), {}],
    ['JSON', Buffer.from('{"error": "no such file"}'), {}],
    ['a row each two bytes', Buffer.alloc(headBytes, 'a\n'), {}],
    ['commas', Buffer.alloc(headBytes, ','), {}],
    ['quotes', Buffer.alloc(headBytes, '"'), {}],
    ['high bytes', Buffer.alloc(headBytes, 0x80), {}],
    ['too many columns', Buffer.from(`${'x,'.repeat(20_000)}x\n`), {}],
  ];
}

test('the thread finds the same as the function, for all heads at once', async () => {
  const all = heads().flatMap(([name, head, options]) =>
    [true, false].map((complete) => ({ name, head, options: { ...options, complete } })),
  );
  expect(all.length).toBeGreaterThan(50);
  const thread = new InspectionThread(threadProgram, { ...calm, heapMiB: inspectionLimits.heapMiB });
  const found = await Promise.all(all.map(({ head, options }) => thread.inspect(head, options)));
  for (const [index, { name, head, options }] of all.entries())
    expect({ name, ...found[index] }).toEqual({ name, ...(await inspectHead(head, options)) });
});

test('every hostile head stays far below the memory limit', async () => {
  const thread = new InspectionThread(threadProgram, { ...calm, heapMiB: inspectionLimits.heapMiB / 2 });
  for (const [name, head, options] of heads()) {
    const { problems } = await thread.inspect(head, { ...options, ...complete });
    expect([name, ...problems].join()).not.toContain('memory than the limit of');
  }
});
