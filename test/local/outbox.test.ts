import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeMessage } from '@etl/pipeline/messages';
import { createFileDeadLetters, createOutboxNotifier } from '../../local/outbox';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-outbox-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('messages lie in the folder of their topic, and their first line is said', async () => {
  const said: string[] = [];
  const notifier = createOutboxNotifier(folder, (line) => said.push(line));
  const message = composeMessage({ kind: 'invalid', reasons: ['r'] }, { workflowId: 'w', runId: 'r' });
  const id = await notifier.publish(message);
  await notifier.publish(message);
  expect(said[0]).toBe('etl-alerts: Datos de entrada inválidos - verificar formato');
  expect(await readdir(join(folder, 'etl-alerts'))).toHaveLength(2);
  expect(JSON.parse(await readFile(join(folder, 'etl-alerts', id), 'utf8'))).toMatchObject(message);
});

test('dead letters keep the event', async () => {
  const letter = { event: { detail: { a: 1 } }, failureType: 'BadData', reason: 'x', workflowId: 'w', runId: 'r' };
  const id = await createFileDeadLetters(folder).send(letter);
  expect(JSON.parse(await readFile(join(folder, id), 'utf8'))).toMatchObject(letter);
});
