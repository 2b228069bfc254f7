import { type Advice, advise } from '@etl/pipeline/advice/advise';
import type { OptionId } from '@etl/pipeline/advice/options';
import type { Workload } from '@etl/pipeline/advice/workload';
import { listPrices } from '@etl/pipeline/prices/table';

const job: Workload = { minutes: 30, filesPerDay: 100, vcpu: 2, memoryMiB: 8192 };
const adviceFor = (changes: Partial<Workload> = {}) => advise({ ...job, ...changes }, listPrices);
const option = (advice: Advice, id: OptionId) => {
  const found = advice.options.find((each) => each.id === id);
  if (!found) throw new Error(`no option ${id}`);
  return found;
};

describe('a job with 2 vCPU and 8 GiB for 30 minutes, 100 files a day', () => {
  const advice = adviceFor();

  // 0.5 h × (2 × $0.04048 + 8 × $0.004445) = $0.05826; × 3000 runs.
  test('costs $0.058 a run and $175 a month on Fargate, and $52 on Spot', () => {
    expect(option(advice, 'fargate')).toMatchObject({ possible: true, runUsd: 0.05826, monthUsd: 174.78 });
    expect(option(advice, 'fargate-spot')).toMatchObject({ possible: true, runUsd: 0.017478, monthUsd: 52.434 });
  });

  // 1800 s × 8 GiB × $0.0000166667 + $0.0000002 = $0.2400007; × 3000 runs.
  test('is impossible on Lambda, where its price would be $720 and not $90', () => {
    expect(option(advice, 'lambda')).toMatchObject({
      possible: false,
      monthUsd: 720.00204,
      limits: ['a run of 30 min exceeds the limit of 15 min'],
    });
    expect(advice.notes[0]).toBe(
      'Lambda would cost $90.00 a month with 1 GiB and $720.00 with 8 GiB, but cannot run the job: it stops a function after 15 min',
    );
  });

  test('costs more with Spark: two DPUs of Glue, or an executor and a driver of EMR Serverless', () => {
    // 2 DPU × 0.5 h × $0.44, and × $0.29.
    expect(option(advice, 'glue').runUsd).toBe(0.44);
    expect(option(advice, 'glue-flex').runUsd).toBe(0.29);
    // 0.5 h × (3 vCPU × $0.052624 + 10 GiB × $0.0057785)
    expect(option(advice, 'emr-serverless').runUsd).toBe(0.107829);
  });

  test('costs less on ARM and with a savings plan', () => {
    // 0.5 h × (2 × $0.03238 + 8 × $0.00356); 80 % of $0.05826.
    expect(option(advice, 'fargate-arm').runUsd).toBe(0.04662);
    expect(option(advice, 'fargate-savings-plan').runUsd).toBe(0.046608);
  });

  test('is advised the cheapest option without a commitment, with one sentence', () => {
    expect(advice.recommended?.id).toBe('fargate-arm-spot');
    expect(advice.recommended?.reason).toMatch(
      /^Fargate Spot on ARM is the cheapest that can run the job; it may be interrupted/,
    );
  });

  test('has break-even points', () => {
    expect(advice.breakEven.map(({ kind, options, value }) => [kind, options[0], value])).toEqual([
      // $0.001942 a minute of Fargate, which bills at least one; $0.008 a minute of Lambda: 0.243 min.
      ['minutes', 'lambda', 0.243],
      ['minutes', 'lambda-arm', 0.303],
      ['filesPerDay', 'fargate', 48],
      ['repeatedShare', 'fargate-spot', 2.33],
      ['usedShare', 'fargate-savings-plan', 0.8],
    ]);
  });
});

describe('limits', () => {
  const limitsOf = (id: OptionId, changes: Partial<Workload>) => option(adviceFor(changes), id).limits;

  test.each<[string, Partial<Workload>, string[]]>([
    ['15 min', { minutes: 15 }, []],
    ['more than 15 min', { minutes: 15.1 }, ['a run of 15.1 min exceeds the limit of 15 min']],
    ['10,240 MiB of memory', { minutes: 1, memoryMiB: 10_240 }, []],
    ['more memory', { minutes: 1, memoryMiB: 10_241 }, ['10,241 MiB of memory exceed the limit of 10,240 MiB']],
    [
      'more vCPU',
      { minutes: 1, vcpu: 7, memoryMiB: 1024 },
      ['7 vCPU exceed the limit of 6', '10,614 MiB of memory exceed the limit of 10,240 MiB'],
    ],
    ['a file that fits into /tmp', { minutes: 1, bytes: 10_240 * 2 ** 20 }, []],
    [
      'a larger file',
      { minutes: 1, bytes: 10_241 * 2 ** 20 },
      ['a file of 10,241 MiB exceeds the /tmp limit of 10,240 MiB'],
    ],
  ])('Lambda and %s', (_what, changes, limits) => {
    if (changes.vcpu) expect(limitsOf('lambda', changes)).toContain(limits[0]);
    else expect(limitsOf('lambda', changes)).toEqual(limits);
  });

  test('Fargate has sizes up to 16 vCPU and 120 GiB, and 200 GiB of storage', () => {
    expect(limitsOf('fargate', { vcpu: 16, memoryMiB: 122_880, bytes: 200 * 2 ** 30 })).toEqual([]);
    expect(limitsOf('fargate', { vcpu: 32 })).toEqual([
      'no size has 32 vCPU and 8 GiB: the largest is 16 vCPU, 120 GiB',
    ]);
    expect(limitsOf('fargate', { bytes: 201 * 2 ** 30 })).toEqual([
      'a file of 201 GiB exceeds the storage limit of 200 GiB',
    ]);
    expect(option(adviceFor({ vcpu: 32 }), 'fargate')).toMatchObject({ runUsd: null, monthUsd: null });
  });

  test('a size that Fargate does not have is priced as the next one', () => {
    expect(option(adviceFor({ vcpu: 1.5, memoryMiB: 3000 }), 'fargate').size).toBe('2 vCPU, 4 GiB');
  });

  test('storage above 20 GiB is paid for', () => {
    const [without, more] = [20, 120].map((gib) => option(adviceFor({ bytes: gib * 2 ** 30 }), 'fargate').runUsd ?? 0);
    // 0.5 h × 100 GiB × $0.000111
    expect((more ?? 0) - (without ?? 0)).toBeCloseTo(0.00555, 6);
  });

  test('a GPU rules out every option, and names ECS on EC2 and AWS Batch', () => {
    const advice = adviceFor({ gpu: true });
    expect(advice.options.filter(({ possible }) => possible)).toEqual([]);
    expect(advice).toMatchObject({
      recommended: null,
      breakEven: [],
      gpu: expect.stringContaining('ECS on EC2 or AWS Batch'),
    });
  });

  test('the minimum that is billed applies to short runs', () => {
    const short = adviceFor({ minutes: 0.1 });
    expect(option(short, 'fargate').runUsd).toBe(0.001942);
    expect(option(short, 'glue').runUsd).toBe(0.014667);
    expect(short.recommended?.id).toBe('fargate-arm-spot');
    expect(adviceFor({ minutes: 0.05 }).recommended?.id).toBe('lambda-arm');
  });
});

describe('Kafka', () => {
  test('is consumed by an event source mapping if a batch of records fits into Lambda', () => {
    expect(adviceFor({ kafka: true, minutes: 5 }).kafka).toMatchObject({
      recommended: 'lambda-event-source-mapping',
      reason: expect.stringContaining('do not start a task for each batch or file'),
    });
  });

  test('is consumed by a long-running service otherwise', () => {
    const { kafka } = adviceFor({ kafka: true });
    expect(kafka).toMatchObject({ recommended: 'ecs-service', reason: expect.stringContaining('30 min exceeds') });
    // 720 h × (2 × $0.04048 + 8 × $0.004445)
    expect(kafka?.serviceMonthUsd).toBeCloseTo(83.8944, 4);
  });

  test('is consumed by a service on EC2 if it needs a GPU, which Fargate does not have', () => {
    expect(adviceFor({ kafka: true, gpu: true }).kafka).toEqual({
      recommended: 'ecs-service',
      reason: expect.stringMatching(
        /^none of these options has a GPU: use a long-running ECS service on EC2 with a GPU/,
      ),
      serviceMonthUsd: null,
    });
  });
});

test('a service that runs all the time is cheaper for many short files', () => {
  const points = adviceFor({ minutes: 0.1 }).breakEven.filter(({ kind }) => kind === 'filesPerDay');
  // A task for each file bills a minute: 1440 files cost a day of the service, which has capacity for 14,400.
  expect(points).toMatchObject([{ value: 1440, sentence: expect.stringContaining('has capacity for 14,400') }]);
});

test('prices of a price file change the result', () => {
  const prices = { ...listPrices, region: 'eu-west-1', fargate: { ...listPrices.fargate, vcpuHour: 0.08096 } };
  const advice = advise(job, prices);
  expect(advice.prices.region).toBe('eu-west-1');
  expect(option(advice, 'fargate').runUsd).toBe(0.09874);
});
