import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import { composeMessage } from '@etl/pipeline/messages/compose';
import { createDeadLetterFolder } from '../../local/deadLetterFolder';
import { createFileDeadLetters, createOutboxNotifier } from '../../local/outbox';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-outbox-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('messages are stored in the folder of their topic, and their first line is logged', async () => {
  const said: string[] = [];
  const notifier = createOutboxNotifier(folder, (line) => said.push(line));
  const message = composeMessage({ kind: 'invalid', reasons: ['r'] }, { workflowId: 'w', runId: 'r' });
  const id = await notifier.publish(message);
  await notifier.publish(message);
  expect(said[0]).toBe('etl-alerts: Datos de entrada inválidos - verificar formato');
  expect(await readdir(join(folder, 'etl-alerts'))).toHaveLength(2);
  expect(JSON.parse(await readFile(join(folder, 'etl-alerts', id), 'utf8'))).toMatchObject(message);
});

describe('dead letters', () => {
  const event = { detail: { s3Key: 'file:///raw/ventas/a.csv', batchDate: '2026-02-08' } };
  const letter = { event, failureType: 'BadData', reason: 'x', workflowId: 'w', runId: 'r' };
  const key = eventKey(event, { rawBase: undefined, cleanBase: '' });
  const read = async (id: string) => JSON.parse(await readFile(join(folder, id), 'utf8')) as object;
  const names = () => readdir(folder);

  test('keep the event', async () => {
    const id = await createFileDeadLetters(folder).send(letter);
    expect(await read(id)).toMatchObject(letter);
    expect(await createDeadLetterFolder(folder).list(10)).toMatchObject([{ ...letter, id, key }]);
  });

  test('the latest failure of an event replaces the earlier one, also with several concurrent workers', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map((run) => createFileDeadLetters(folder).send({ ...letter, runId: `${run}` })),
    );
    const id = await createFileDeadLetters(folder).send({ ...letter, failureType: 'Timeout' });
    expect(new Set([...ids, id]).size).toBe(1);
    expect(await names()).toEqual([id]);
    expect(await read(id)).toMatchObject({ failureType: 'Timeout' });
  });

  test('a delivery removes only the letter of a failure before its run', async () => {
    const letters = createFileDeadLetters(folder);
    await letters.send(letter);
    await letters.send({ ...letter, event: { detail: { ...event.detail, batchDate: '2026-02-09' } } });
    await letters.delivered(key, new Date(0));
    expect(await names()).toHaveLength(2);
    await letters.delivered(key, new Date(Date.now() + 1000));
    expect(await names()).toHaveLength(1);
    await letters.delivered(key, new Date());
  });

  test('a delivery among failures leaves the letter of the last failure', async () => {
    for (let round = 0; round < 50; round++) {
      const letters = createFileDeadLetters(folder);
      await letters.send({ ...letter, reason: 'before' });
      await new Promise((resolve) => setTimeout(resolve, 2));
      await Promise.all([letters.delivered(key, new Date()), letters.send({ ...letter, reason: `beside ${round}` })]);
      const [id = '', ...others] = await names();
      expect(others).toEqual([]);
      expect(await read(id)).toMatchObject({ reason: `beside ${round}` });
    }
  });

  test('a detached letter is listed, is not replaced, and yields to a newer one', async () => {
    const box = createDeadLetterFolder(folder);
    const letters = createFileDeadLetters(folder);
    await letters.send(letter);
    const [old] = await box.list(10);
    if (!old) throw new Error('there is no letter');
    const undo = await box.detach(old);
    // Letters of one name differ only in their time, in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
    await letters.send({ ...letter, reason: 'new' });
    expect((await box.list(10)).map(({ reason }) => reason)).toEqual(['x', 'new']);
    await undo?.();
    const [newer, ...others] = await box.list(10);
    expect([newer?.reason, others]).toEqual(['new', []]);
    expect(await box.detach(old)).toBeUndefined();
    expect(await names()).toHaveLength(1);
    await box.detach(newer ?? old);
    await box.remove(newer ?? old);
    expect(await names()).toEqual([]);
  });
});
