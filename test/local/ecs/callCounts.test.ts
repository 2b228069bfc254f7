import { type Rig, startRig, stopRig } from './support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

const calls = async () => (await fetch(`${rig.endpoint.url}/calls`)).json() as Promise<Record<string, number>>;

test('the endpoint tells how often it was asked for what, refusals too', async () => {
  expect(await calls()).toEqual({});
  const arn = await rig.run('exit:1');
  await rig.task(arn);
  await rig.run('exit:1', { cluster: 'none' }).catch(() => undefined);
  expect(await calls()).toEqual({ RegisterTaskDefinition: 2, RunTask: 2, DescribeTasks: 1 });
});

test('asking for the counts is not counted, and they cannot be written', async () => {
  const before = await calls();
  const put = await fetch(`${rig.endpoint.url}/calls`, { method: 'PUT', body: '{}' });
  expect(put.status).toBe(400);
  expect(await calls()).toEqual(before);
});
