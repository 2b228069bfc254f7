import { once } from 'node:events';
import { request } from 'node:http';
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { deleteFaults, getFaults, putFaults } from '@etl/fargate/faults/control';
import { createFaults } from '@etl/fargate/faults/faults';
import { faultHooks } from '@etl/fargate/faults/hooks';
import { type FaultRule, parseFaultPlan } from '@etl/fargate/faults/plan';
import { cluster, type Rig, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

const ask = () => rig.client.send(new DescribeClustersCommand({ clusters: [cluster] }));
const plan = { seed: 5, rules: [{ fault: 'serverError', times: 2 }] };

it('is off until a plan is set; DELETE switches it off and keeps the counters', async () => {
  expect(await getFaults(rig.endpoint.url)).toEqual({ on: false, plan: null, counts: [], injected: [] });
  await ask();
  expect(await putFaults(rig.endpoint.url, plan)).toEqual({
    on: true,
    plan: parseFaultPlan(plan),
    counts: [0],
    injected: [],
  });
  await expect(ask()).rejects.toThrow('Service Unavailable');
  expect(await deleteFaults(rig.endpoint.url)).toMatchObject({ on: false, counts: [1] });
  await ask();
});

it('setting a plan again restarts its counters', async () => {
  await putFaults(rig.endpoint.url, plan);
  for (let i = 0; i < 2; i++) await expect(ask()).rejects.toThrow('Service Unavailable');
  await ask();
  await putFaults(rig.endpoint.url, plan);
  await expect(ask()).rejects.toThrow('Service Unavailable');
  await deleteFaults(rig.endpoint.url);
});

it('lists the last 500 faults, oldest first', () => {
  let time = 0;
  const faults = createFaults(() => time, parseFaultPlan({ rules: [{ fault: 'serverError' }] }));
  for (; time < 510; time++) {
    for (const { note } of faults.draw((rule): rule is FaultRule => rule.fault === 'serverError')) note('RunTask', []);
  }
  const { counts, injected } = faults.status();
  expect([counts, injected.length]).toEqual([[510], 500]);
  expect(injected[0]).toEqual({
    at: new Date(10).toISOString(),
    rule: 0,
    fault: 'serverError',
    operation: 'RunTask',
    tasks: [],
  });
  expect(injected.at(-1)?.at).toBe(new Date(509).toISOString());
});

async function answer(method: string, body: string, headers: Record<string, string> = {}) {
  const call = request({ port: rig.endpoint.port, host: '127.0.0.1', method, path: '/faults', headers });
  call.end(body);
  const [response] = await once(call, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode as number, text };
}

it.each([
  ['invalid JSON', '{', /^fault plan: invalid JSON\n$/],
  [
    'an unknown fault',
    '{"rules":[{"fault":"rain"}]}',
    /^fault plan: rules\.0\.fault: "rain" is unknown: use one of .*\n$/,
  ],
])('rejects %s with 400 and one line, and keeps the current plan', async (_what, body, line) => {
  await putFaults(rig.endpoint.url, plan);
  const { status, text } = await answer('PUT', body);
  expect([status, text]).toEqual([400, expect.stringMatching(line)]);
  expect(await getFaults(rig.endpoint.url)).toMatchObject({ on: true, plan: { seed: 5 } });
  await deleteFaults(rig.endpoint.url);
});

it('rejects other methods', async () => {
  expect(await answer('POST', '{}')).toEqual({ status: 405, text: '/faults takes GET, PUT and DELETE\n' });
});

it.each<[string, Record<string, string>]>([
  ['a web page', { origin: 'http://example.com' }],
  ['another name for this machine', { host: 'example.com' }],
])('does not answer %s', async (_what, headers) => {
  const { status, text } = await answer('PUT', JSON.stringify(plan), headers);
  expect([status, text]).toEqual([403, expect.stringContaining('AccessDeniedException')]);
  expect((await getFaults(rig.endpoint.url)).on).toBe(false);
});

it('an endpoint can start with a plan', async () => {
  const own = await startRig({ hooks: faultHooks(parseFaultPlan(plan)) });
  await expect(own.client.send(new DescribeClustersCommand({}))).rejects.toThrow('Service Unavailable');
  await stopRig(own);
});
