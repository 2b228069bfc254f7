import { type Rig, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

const calls = async () => (await fetch(`${rig.endpoint.url}/calls`)).json() as Promise<Record<string, number>>;

test('the endpoint counts calls per operation, including rejected ones', async () => {
  expect(await calls()).toEqual({});
  const arn = await rig.run('exit:1');
  await rig.task(arn);
  await rig.run('exit:1', { cluster: 'none' }).catch(() => undefined);
  expect(await calls()).toEqual({ RegisterTaskDefinition: 2, RunTask: 2, DescribeTasks: 1 });
});

test('reading the counters is not counted, and the counters are read-only', async () => {
  const before = await calls();
  const put = await fetch(`${rig.endpoint.url}/calls`, { method: 'PUT', body: '{}' });
  expect(put.status).toBe(400);
  expect(await calls()).toEqual(before);
});
