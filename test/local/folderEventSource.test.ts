import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import { createFolderEventSource } from '../../local/folderEventSource';

let folder: string;
let source: EventSource;
const warned: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-landing-'));
  warned.length = 0;
  source = createFolderEventSource(folder, { warn: (_, line) => warned.push(line), lookMs: 20, settledMs: 200 });
});
afterEach(async () => {
  await source.close();
  await rm(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const startOf = ({ body, id }: Delivery) => startsOf(body, id, { timeZone: 'UTC' }, undefined).starts[0];
/** What comes within so long. */
const within = async (milliseconds: number): Promise<readonly Delivery[]> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), milliseconds);
  const found = await source.receive(10, deadline.signal);
  clearTimeout(timer);
  return found;
};

test('a file of a folder in it is delivered once, and can be started', async () => {
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

test('a file that grows is left alone until it has settled', async () => {
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

test('another content in the same place is news, and has another workflow ID', async () => {
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

test('one that is given back comes again in its time', async () => {
  await writeFile(join(folder, 'v.csv'), 'x\n');
  const [first] = await source.receive(10, never);
  await first?.again(0.5);
  expect(await within(200)).toEqual([]);
  const [second] = await source.receive(10, never);
  expect(second).toMatchObject({ id: first?.id, receiveCount: 2 });
});

test('a folder that is away is told of once, and looked for again', async () => {
  await rm(folder, { recursive: true });
  const received = source.receive(10, never);
  await delay(100);
  await mkdir(folder);
  await writeFile(join(folder, 'v.csv'), 'x\n');
  expect(await received).toHaveLength(1);
  expect(warned).toEqual(['the folder of landed files cannot be read']);
});
