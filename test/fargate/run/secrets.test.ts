import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idOf, type Rig, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift-AbCdEf';
const store = { [arn]: '{"user":"etl","port":5439}', 'plain/name': 'a-value-to-keep' };
const keep = (content: string) => writeFile(join(rig.stateDir, 'secrets.json'), content);
const withSecrets = (...secrets: { name: string; valueFrom: string }[]) => rig.run('print:1', {}, { secrets });

it('secrets reach the environment of the program by name, by ARN or as a JSON key', async () => {
  await keep(JSON.stringify(store));
  const task = await withSecrets(
    { name: 'PLAIN', valueFrom: 'plain/name' },
    { name: 'WHOLE', valueFrom: arn },
    { name: 'USER_ONLY', valueFrom: `${arn}:user::` },
    { name: 'PORT_ONLY', valueFrom: `${arn}:port::` },
  );
  await rig.stopped(task);
  const { env } = JSON.parse(await rig.log(task)) as { env: Record<string, string> };
  expect(env).toMatchObject({ PLAIN: 'a-value-to-keep', WHOLE: store[arn], USER_ONLY: 'etl', PORT_ONLY: '5439' });
});

it('secrets are stored neither on disk with the task nor in the response of DescribeTasks', async () => {
  await keep(JSON.stringify(store));
  const task = await rig.run('exit:1', {}, { secrets: [{ name: 'PLAIN', valueFrom: 'plain/name' }] });
  await rig.stopped(task);
  const folder = join(rig.stateDir, 'tasks', idOf(task));
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  expect(names.map(({ name }) => name)).toContain('task.json');
  for (const { name } of names) expect(await readFile(join(folder, name), 'utf8')).not.toContain('a-value-to-keep');
  expect(JSON.stringify(await rig.task(task))).not.toContain('a-value-to-keep');
});

it.each<[string, string, string]>([
  ['a missing secret', JSON.stringify(store), 'plain/other'],
  ['a missing member', JSON.stringify(store), `${arn}:password::`],
  ['a member of a value that is not JSON', JSON.stringify({ [arn]: 'text' }), `${arn}:user::`],
  ['a store that is not JSON', '{', 'plain/name'],
])('%s: the task does not start and names the secret', async (_what, content, valueFrom) => {
  await keep(content);
  const task = await rig.stopped(await withSecrets({ name: 'PLAIN', valueFrom }));
  expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', containers: [{ lastStatus: 'STOPPED' }] });
  expect(task.stoppedReason).toMatch(/^ResourceInitializationError: unable to pull secrets/);
  expect(task.stoppedReason).toContain(`secret ${valueFrom}: no such entry in `);
  expect(task.stoppedReason).not.toContain('a-value-to-keep');
});
