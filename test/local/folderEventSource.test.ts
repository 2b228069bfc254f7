import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import { createFolderEventSource } from '../../local/folderEventSource';
import { oddFiles, unreadableFolder } from '../support/oddFiles';

let folder: string;
let source: EventSource;
const warned: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-landing-'));
  warned.length = 0;
  source = createFolderEventSource(folder, { warn: (_, line) => warned.push(line), pollMs: 20, settledMs: 200 });
});
afterEach(async () => {
  await source.close();
  await rm(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const startOf = ({ body, id }: Delivery) => startsOf(body, id, { timeZone: 'UTC' }, undefined).starts[0];
/** Returns the messages that arrive within a time, in milliseconds. */
const within = async (milliseconds: number): Promise<readonly Delivery[]> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), milliseconds);
  const found = await source.receive(10, deadline.signal);
  clearTimeout(timer);
  return found;
};

test('a file in a subfolder is delivered once and can be started', async () => {
  await mkdir(join(folder, 'ventas'));
  await writeFile(join(folder, 'ventas', 'a b_2026-02-08.csv'), 'x\n1\n');
  const [delivery, ...others] = await source.receive(10, never);
  expect(others).toEqual([]);
  const start = delivery && startOf(delivery);
  expect(start?.sourceUri).toMatch(/^file:\/\/\/.*\/ventas\/a%20b_2026-02-08\.csv$/);
  expect(start?.workflowId).toMatch(/^etl\/ventas\/2026-02-08\/a_b_2026-02-08-[0-9a-f]{12}\/[0-9a-f]{12}$/);
  await delivery?.done();
  expect(await within(400)).toEqual([]);
});

test('a growing file is left alone until it is stable', async () => {
  const path = join(folder, 'v.csv');
  await writeFile(path, 'x\n');
  let grows = true;
  const growing = (async () => {
    for (let line = 0; line < 20; line++) {
      await delay(30);
      await appendFile(path, `${line}\n`);
    }
    grows = false;
  })();
  await source.receive(10, never);
  expect(grows).toBe(false);
  await growing;
});

test('new content under the same name is a new event with another workflow ID', async () => {
  const path = join(folder, 'v_2026-02-08.csv');
  await writeFile(path, 'x\n1\n');
  const [first] = await source.receive(10, never);
  await first?.done();
  await writeFile(`${path}.part`, 'x\n2\n');
  await rename(`${path}.part`, path);
  const [second] = await source.receive(10, never);
  const ids = [first, second].map((each) => each && startOf(each)?.workflowId);
  expect(ids[0]).toBeDefined();
  expect(ids[0]).not.toBe(ids[1]);
});

test('a released message is redelivered after its delay', async () => {
  await writeFile(join(folder, 'v.csv'), 'x\n');
  const [first] = await source.receive(10, never);
  await first?.again(0.5);
  expect(await within(200)).toEqual([]);
  const [second] = await source.receive(10, never);
  expect(second).toMatchObject({ id: first?.id, receiveCount: 2 });
});

test('a missing folder is reported once and polled again', async () => {
  await rm(folder, { recursive: true });
  const received = source.receive(10, never);
  await delay(100);
  await mkdir(folder);
  await writeFile(join(folder, 'v.csv'), 'x\n');
  expect(await received).toHaveLength(1);
  expect(warned).toEqual(['the landing folder cannot be read']);
});

test('entries that are not plain files: links are delivered, problems reported, and other files still arrive', async () => {
  const clean = unreadableFolder(folder, 'shut');
  try {
    oddFiles(folder);
    const deliveries: Delivery[] = [];
    while (deliveries.length < 9) deliveries.push(...(await source.receive(100, never)));
    const read = ({ body, id }: Delivery) => startsOf(body, id, { timeZone: 'UTC' }, undefined);
    const starts = deliveries.flatMap((each) => read(each).starts.map(({ sourceUri }) => sourceUri.split('/').at(-1)));
    expect(starts.sort()).toEqual(['caf%EF%BF%BD.csv', 'inside.csv', 'link.csv', 'plain.csv']);
    const problems = deliveries.flatMap((each) => read(each).problems);
    expect(problems.map((text) => text.replace(/.*\/(?=\S+: )/, '').replace(/\(.*/, '')).sort()).toEqual([
      'caf%E9.csv: its name is not valid UTF-8: rename it',
      'dangling.csv: it is a symbolic link whose target cannot be read ',
      'in.csv: its name is not valid UTF-8: rename it',
      'loop.csv: it is a symbolic link whose target cannot be read ',
      expect.stringMatching(/: its folder cannot be read $/),
    ]);
    expect(warned).toEqual(Array.from({ length: 3 }, () => 'skipped an entry of the landing folder'));
    expect(await within(400)).toEqual([]);
  } finally {
    clean();
  }
});

test('a link is delivered once its target exists', async () => {
  await symlink('late.csv', join(folder, 'v.csv'));
  const [dangling] = await source.receive(10, never);
  expect(dangling && startOf(dangling)).toBeUndefined();
  await writeFile(join(folder, 'late.csv'), 'x\n');
  const found: (string | undefined)[] = [];
  while (found.length < 2)
    found.push(...(await source.receive(10, never)).map((each) => startOf(each)?.sourceUri.split('/').at(-1)));
  expect(found.sort()).toEqual(['late.csv', 'v.csv']);
});
