import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createMarkedBox } from '../../activities/deadLetters/markedBox';
import { createOnePerEvent } from '../../activities/deadLetters/onePerEvent';
import type { DeadLetterBox, DeadLetters } from '../../activities/ports';
import { dropGroup, groupLetters } from '../../cli/dlq/groups';
import { planRedrive, redrive } from '../../cli/redrive';
import { createDeadLetterFolder } from '../../local/deadLetterFolder';
import { createFileDeadLetters } from '../../local/outbox';
import { letterOf, MemoryQueue } from '../activities/deadLetters/support';
import { MemoryStore } from '../support/fakePorts';

const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };
const rule = { timeZone: 'UTC' };

interface Kept {
  readonly letters: DeadLetters;
  readonly box: DeadLetterBox;
  /** Returns the reasons of all kept letters. */
  reasons(): Promise<(string | undefined)[]>;
}

async function inFolder(folder: string): Promise<Kept> {
  const reasons = async () =>
    Promise.all(
      (await readdir(folder)).map(
        async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')).reason as string,
      ),
    );
  return { letters: createFileDeadLetters(folder, places), box: createDeadLetterFolder(folder), reasons };
}

async function inQueue(): Promise<Kept> {
  const [store, queue] = [new MemoryStore(), new MemoryQueue()];
  const raw = {
    name: 'queue',
    list: async () => queue.letters.map((letter) => ({ ...letter, sentAt: new Date(0).toISOString() })),
    remove: async ({ id }: { id: string }) => {
      queue.letters = queue.letters.filter((letter) => letter.id !== id);
    },
    close: async () => undefined,
  };
  return {
    letters: createOnePerEvent({ queue, store, places }),
    box: createMarkedBox(raw, store, places),
    reasons: async () => queue.letters.map(({ reason }) => reason),
  };
}

describe.each(['folder', 'queue'])('letters in a %s', (where) => {
  let folder: string;
  let kept: Kept;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-redrive-'));
    kept = where === 'folder' ? await inFolder(folder) : await inQueue();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const onlyGroup = async () => {
    const [group] = await groupLetters(await kept.box.list(10), new MemoryStore(), places);
    if (!group) throw new Error('there is no letter');
    return group;
  };
  /** A Temporal client whose started run does this immediately. */
  const clientWhoseRun = (work: () => Promise<unknown>) =>
    ({ workflow: { start: async () => void (await work()) } }) as unknown as Client;

  test('a redriven run that fails immediately leaves its own letter', async () => {
    await kept.letters.send(letterOf('a', { reason: 'first' }));
    const group = await onlyGroup();
    const plan = planRedrive(group.letter, rule, places.rawBase);
    const client = clientWhoseRun(() => kept.letters.send(letterOf('a', { reason: 'second' })));
    expect(await redrive(client, kept.box, group, plan)).toMatchObject({ outcome: 'started' });
    expect(await kept.reasons()).toEqual(['second']);
  });

  test('a letter stays unchanged when its run cannot be started', async () => {
    await kept.letters.send(letterOf('a', { reason: 'first' }));
    const group = await onlyGroup();
    const plan = planRedrive(group.letter, rule, places.rawBase);
    const client = clientWhoseRun(() => Promise.reject(new Error('Temporal is away')));
    await expect(redrive(client, kept.box, group, plan)).rejects.toThrow('Temporal is away');
    expect(await kept.reasons()).toEqual(['first']);
    // The letter still represents the event, so a failure does not add another one.
    await kept.letters.send(letterOf('a', { reason: 'second' }));
    expect(await kept.reasons()).toHaveLength(1);
    expect((await onlyGroup()).letter.reason).toBe('second');
  });

  test('does not remove a letter whose event failed again since it was listed', async () => {
    await kept.letters.send(letterOf('a', { reason: 'first' }));
    const group = await onlyGroup();
    await new Promise((resolve) => setTimeout(resolve, 2));
    await kept.letters.send(letterOf('a', { reason: 'second' }));
    expect(await dropGroup(kept.box, group)).toBe(false);
    const now = await onlyGroup();
    expect(now.letter.reason).toBe('second');
    expect(await dropGroup(kept.box, now)).toBe(true);
    expect(await kept.reasons()).toEqual([]);
    await kept.letters.send(letterOf('a', { reason: 'third' }));
    expect(await kept.reasons()).toEqual(['third']);
  });
});

test('a notification of an unreadable file can be redriven once the file is readable', () => {
  const landed = {
    uri: 'file:///in/ventas/x_2026-02-08.csv',
    key: 'ventas/x_2026-02-08.csv',
    mark: '1',
    problem: 'broken link',
  };
  expect(planRedrive({ id: 'l', event: { landed } }, rule, undefined)).toMatchObject({
    starts: [{ sourceUri: landed.uri }],
  });
});
