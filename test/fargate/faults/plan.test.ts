import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDice } from '@etl/fargate/faults/dice';
import { loadFaultPlan } from '@etl/fargate/faults/load';
import { FaultPlanError, parseFaultPlan } from '@etl/fargate/faults/plan';

const rule = (keys: object) => ({ rules: [keys] });

it('fills in the defaults', () => {
  const asked = [{ fault: 'throttling' }, { fault: 'killed', afterSeconds: [1, 2] }, { fault: 'slow', share: 0.5 }];
  expect(parseFaultPlan({ rules: asked })).toEqual({
    seed: 1,
    rules: [
      { fault: 'throttling', probability: 1, after: 0, as: 'ThrottlingException', message: 'Rate exceeded' },
      { fault: 'killed', probability: 1, after: 0, afterSeconds: [1, 2] },
      { fault: 'slow', probability: 1, after: 0, afterSeconds: 0, share: 0.5 },
    ],
  });
});

it.each<[string, unknown, RegExp]>([
  ['a value that is not an object', 7, /^fault plan: .*must be an object/],
  ['no rules', {}, /^fault plan: rules: is missing$/],
  ['an unknown key of the plan', { rules: [], sed: 1 }, /^fault plan: sed: unknown key$/],
  [
    'an unknown fault',
    rule({ fault: 'lostRespons' }),
    /^fault plan: rules\.0\.fault: "lostRespons" is unknown: use one of lost/,
  ],
  ['no fault', rule({}), /^fault plan: rules\.0\.fault: undefined is unknown: use one of/],
  ['an unknown key', rule({ fault: 'killed', afterSecond: 1 }), /^fault plan: rules\.0\.afterSecond: unknown key$/],
  ["another fault's key", rule({ fault: 'killed', noticeSeconds: 1 }), /rules\.0\.noticeSeconds: unknown key/],
  ['a missing key', rule({ fault: 'slowStart' }), /^fault plan: rules\.0\.seconds: is missing$/],
  ['an invalid probability', rule({ fault: 'killed', probability: 2 }), /rules\.0\.probability: /],
  ['an unknown operation', rule({ fault: 'serverError', operation: 'RunTasks' }), /rules\.0\.operation: /],
  ['an unknown matcher', rule({ fault: 'killed', where: { family: 'x' } }), /rules\.0\.where\.family: unknown key/],
  ['a missing share', rule({ fault: 'slow' }), /^fault plan: rules\.0\.share: is missing$/],
  ['an invalid share', rule({ fault: 'slow', share: 0 }), /^fault plan: rules\.0\.share: /],
  ['an invalid status', rule({ fault: 'stuckStop', status: 'STOPPED' }), /^fault plan: rules\.0\.status: /],
  ['an unknown quota', rule({ fault: 'quota', of: 'memory' }), /^fault plan: rules\.0\.of: /],
  ['an error that AWS does not return', rule({ fault: 'credentials', status: 401 }), /^fault plan: rules\.0\.status: /],
  ['a clock without a skew', rule({ fault: 'skewedClock' }), /^fault plan: rules\.0\.seconds: is missing$/],
  ['a share above 1', rule({ fault: 'slow', share: 1.5 }), /^fault plan: rules\.0\.share: /],
  [
    'a task condition for an operation without tasks',
    rule({ fault: 'serverError', operation: 'ListTasks', where: { startedBy: 'x' } }),
    /rules\.0\.where: ListTasks does not concern a task/,
  ],
])('rejects %s in one line', (_what, plan, message) => {
  const refused = () => parseFaultPlan(plan);
  expect(refused).toThrow(FaultPlanError);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/\n/);
});

describe('a plan on the command line', () => {
  it('is inline JSON or the path of a JSON file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const plan = { seed: 3, rules: [{ fault: 'serverError' }] };
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
    expect(loadFaultPlan(join(folder, 'plan.json'))).toEqual(loadFaultPlan(JSON.stringify(plan)));
    await rm(folder, { recursive: true });
  });

  it.each([
    ['{"rules":', /^fault plan: invalid JSON$/],
    ['/no/such/plan.json', /^fault plan \/no\/such\/plan\.json: ENOENT/],
  ])('%s is rejected', (argument, message) => {
    expect(() => loadFaultPlan(argument)).toThrow(message);
  });
});

describe('the random draws of a rule', () => {
  let clock = 0;
  const now = () => clock;
  const sequence = (seed: number, index: number, more: object = {}, length = 200) => {
    const dice = createDice(seed, index, { probability: 0.3, after: 0, ...more }, now);
    return Array.from({ length }, () => dice.hits());
  };
  const hits = (of: boolean[]) => of.filter(Boolean).length;

  it('are equal for the same seed and differ for another seed or rule', () => {
    expect(sequence(7, 0)).toEqual(sequence(7, 0));
    expect(sequence(7, 0)).not.toEqual(sequence(8, 0));
    expect(sequence(7, 0)).not.toEqual(sequence(7, 1));
  });

  it('hit with the configured probability', () => {
    expect(hits(sequence(7, 0, {}, 10_000)) / 10_000).toBeCloseTo(0.3, 1);
    expect(hits(sequence(7, 0, { probability: 1 }))).toBe(200);
    expect(hits(sequence(7, 0, { probability: 0 }))).toBe(0);
  });

  it('skip the first `after` occasions and stop after `times` hits', () => {
    const always = sequence(1, 0, { probability: 1, after: 2, times: 3 }, 7);
    expect(always).toEqual([false, false, true, true, true, false, false]);
    const free = sequence(7, 0);
    const firstThree = free.map((hit, at) => hit && hits(free.slice(0, at)) < 3);
    expect(sequence(7, 0, { times: 3 })).toEqual(firstThree);
  });

  it('with `forSeconds`, hit every occasion in the window; these do not count toward `times`', () => {
    const dice = createDice(7, 0, { probability: 1, after: 1, times: 2, forSeconds: 2 }, now);
    const at = (seconds: number) => {
      clock = seconds * 1000;
      return dice.hits();
    };
    expect([0, 1, 1.5, 2.9, 3, 4.9, 5, 9].map(at)).toEqual([false, true, true, true, true, true, false, false]);
  });

  it('with `forSeconds`, stay aligned with the sequence without it: a window consumes draws as usual', () => {
    const dice = createDice(7, 0, { probability: 0.3, after: 0, forSeconds: 2.5 }, now);
    const long = Array.from({ length: 200 }, (_, at) => {
      clock = 10_000 + at * 1000;
      return dice.hits();
    });
    const short = sequence(7, 0);
    const begins = long.flatMap((hit, at) => (hit && !long.slice(Math.max(0, at - 2), at).includes(true) ? [at] : []));
    expect(begins.length).toBeGreaterThan(10);
    expect(begins.filter((at) => !short[at])).toEqual([]);
    expect(short.flatMap((hit, at) => (hit && !long[at] ? [at] : []))).toEqual([]);
  });

  it('choose a duration between two bounds, or keep a fixed one', () => {
    const dice = createDice(7, 0, { probability: 1, after: 0 }, now);
    const drawn = Array.from({ length: 100 }, () => dice.within([2, 5]));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...drawn)).toBeLessThan(5);
    expect(new Set(drawn).size).toBeGreaterThan(90);
    expect(dice.within(4)).toBe(4);
  });
});
