import { budgets, credentials, steps } from '@etl/pipeline/definition';
import { layout } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { CredentialsError, SinkError, ThrottledError } from '../../../activities/ports';
import { stateMachine } from '../../../step-functions/definition/machine';
import { withSubstitutions } from '../../../step-functions/definition/settings';
import type { TaskState } from '../../../step-functions/definition/types';
import { applyAll } from '../../../step-functions/lambdas/applySinks';
import type { Limits } from '../../../step-functions/lambdas/sinks/applyToSinks';
import { allApplied } from '../../../workflows/sinks';
import { prepare } from '../../storage/support/batches';
import { createFakeSinks, type FakeApplication, fakeSinksOf } from '../../support/fakeSinks';
import { createMemoryStore, type MemoryStore } from '../../support/memoryStore';
import { samplePlan } from '../../support/samplePlan';
import { aRun } from './support';

const applied = (detail = 'applied'): FakeApplication => ({ end: { state: 'applied', detail } });
const failing = (reason: string, retry: boolean): FakeApplication => ({ end: { state: 'failed', reason, retry } });

/** Each statement is polled once. */
const onePoll = (): Limits => ({ poll: AbortSignal.abort(), end: new AbortController().signal });

/** An execution that is invoked until its sinks have ended. */
class Bench {
  readonly plan: Plan;
  readonly sinks: ReturnType<typeof createFakeSinks>;
  private invocations = 0;

  private constructor(
    readonly store: MemoryStore,
    plans: Readonly<Record<string, readonly FakeApplication[]>>,
  ) {
    this.plan = samplePlan({ destination: 's3://lake', sinks: fakeSinksOf(...Object.keys(plans)) });
    this.sinks = createFakeSinks(plans);
  }

  static async create(plans: Readonly<Record<string, readonly FakeApplication[]>>): Promise<Bench> {
    const bench = new Bench(createMemoryStore(), plans);
    const place = layout(bench.plan.destination, bench.plan.batch);
    const manifest = await prepare(bench.store, place, { name: 'run-1', startedAt: 1, parts: 0 });
    await bench.store.write(place.commit(1), JSON.stringify(manifest));
    return bench;
  }

  /** Invokes the function as the next attempt of the state. */
  invoke(limits: Limits = onePoll()) {
    const request = { plan: this.plan, run: aRun, retry: this.invocations++ };
    return applyAll(request, limits, () => ({ store: this.store, sinks: this.sinks.writers }));
  }

  /** Enters the state again, as a redrive does. */
  redrive() {
    this.invocations = 0;
    return this.invoke();
  }

  tokens(name: string): readonly string[] {
    return this.sinks.applied.get(name) ?? [];
  }

  progress(): string[] {
    return [...this.store.objects.keys()].filter((uri) => uri.includes('/executions/'));
  }
}

const pending = (reason: string) => ({ name: 'SinksPending', message: expect.stringContaining(reason) });
const failed = (reason: string) => ({ name: 'SinkFailed', message: expect.stringContaining(reason) });

afterEach(() => jest.restoreAllMocks());

/** Sets the time that the function sees. */
function at(seconds: number): void {
  jest.restoreAllMocks();
  jest.spyOn(Date, 'now').mockReturnValue(seconds * 1000);
}

test('sinks that apply the commit are returned with commit and detail, and leave no progress behind', async () => {
  const bench = await Bench.create({ catalog: [applied('lago.ventas')], mirror: [applied('espejo.ventas')] });
  expect(await bench.invoke()).toEqual([
    { sink: 'catalog', state: 'applied', commit: 1, detail: 'lago.ventas' },
    { sink: 'mirror', state: 'applied', commit: 1, detail: 'espejo.ventas' },
  ]);
  expect(bench.progress()).toEqual([]);
});

describe('a sink that fails', () => {
  test('does not fail the others, and the message is that of the workflow', async () => {
    const bench = await Bench.create({ catalog: [applied()], warehouse: [failing('no space', false)] });
    const error = await bench.invoke().catch((thrown: Error) => thrown);
    expect(error).toMatchObject(failed('1 of 2 sinks lack it: warehouse: no space'));
    const outcomes = [
      { sink: 'catalog', state: 'applied', commit: 1, detail: 'applied' },
      { sink: 'warehouse', state: 'failed', reason: 'no space' },
    ] as const;
    expect(() => allApplied(bench.plan as never, outcomes)).toThrow((error as Error).message);
    expect(bench.tokens('catalog')).toHaveLength(1);
  });

  test('for a reason that may pass is applied again by the next invocation, with another token', async () => {
    const bench = await Bench.create({ warehouse: [failing('conflict', true), applied()] });
    await expect(bench.invoke()).rejects.toMatchObject(pending('warehouse: conflict'));
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(new Set(bench.tokens('warehouse')).size).toBe(2);
  });

  test('spends its own budget, while the others have ended', async () => {
    const bench = await Bench.create({ catalog: [applied()], warehouse: [failing('conflict', true)] });
    for (let retry = 0; retry < budgets.sinks.maxRetries; retry++)
      await expect(bench.invoke()).rejects.toMatchObject(pending('conflict'));
    await expect(bench.invoke()).rejects.toMatchObject(failed('conflict'));
    expect(new Set(bench.tokens('warehouse')).size).toBe(1 + budgets.sinks.maxRetries);
    expect(bench.tokens('catalog')).toHaveLength(1);
  });

  test('is applied with another token after a redrive, which restores the budget', async () => {
    const bench = await Bench.create({ warehouse: [failing('no space', false), failing('conflict', true), applied()] });
    await expect(bench.invoke()).rejects.toMatchObject(failed('no space'));
    await expect(bench.redrive()).rejects.toMatchObject(pending('conflict'));
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(new Set(bench.tokens('warehouse')).size).toBe(3);
  });
});

describe('a statement', () => {
  const loading = (polls: number): FakeApplication => ({ polls, end: { state: 'applied', detail: 'loaded' } });

  test('that ends within an invocation needs no other one', async () => {
    const bench = await Bench.create({ warehouse: [loading(0)] });
    expect(await bench.invoke()).toMatchObject([{ state: 'applied', commit: 1, detail: 'loaded' }]);
  });

  test('is polled by the next invocations, which do not apply again', async () => {
    const bench = await Bench.create({ warehouse: [loading(2)] });
    await expect(bench.invoke()).rejects.toMatchObject(pending('its statement has not ended'));
    await expect(bench.invoke()).rejects.toMatchObject(pending('its statement has not ended'));
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(bench.tokens('warehouse')).toHaveLength(1);
  });

  test('is submitted once, although the invocation was killed before it stored the statement', async () => {
    const bench = await Bench.create({ warehouse: [loading(0)] });
    const write = jest.spyOn(bench.store, 'write');
    write.mockImplementation(async (uri) => {
      // Nothing after the submission takes place.
      if (uri.includes('/executions/')) await new Promise(() => undefined);
    });
    const killed = AbortSignal.timeout(50);
    await expect(bench.invoke({ poll: AbortSignal.abort(), end: killed })).rejects.toMatchObject(pending('answered'));
    write.mockRestore();
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(bench.tokens('warehouse')).toHaveLength(2);
    expect(bench.sinks.submitted.get('warehouse')).toHaveLength(1);
  });

  test('that fails for a reason that may pass is submitted again', async () => {
    const conflict: FakeApplication = { polls: 0, end: { state: 'failed', reason: 'error 1023', retry: true } };
    const bench = await Bench.create({ warehouse: [conflict, loading(0)] });
    await expect(bench.invoke()).rejects.toMatchObject(pending('error 1023'));
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(bench.sinks.submitted.get('warehouse')).toHaveLength(2);
  });

  test('is followed after a redrive', async () => {
    const bench = await Bench.create({ warehouse: [loading(1)] });
    await expect(bench.invoke()).rejects.toMatchObject(pending('not ended'));
    expect(await bench.redrive()).toMatchObject([{ state: 'applied' }]);
    expect(bench.sinks.submitted.get('warehouse')).toHaveLength(1);
  });

  test('that does not end is cancelled, like by the workflow', async () => {
    const bench = await Bench.create({ warehouse: [loading(Number.POSITIVE_INFINITY)] });
    at(0);
    await expect(bench.invoke()).rejects.toMatchObject(pending('not ended'));
    at(steps.awaitSink.totalTimeoutSeconds - 1);
    await expect(bench.invoke()).rejects.toMatchObject(pending('not ended'));
    at(steps.awaitSink.totalTimeoutSeconds);
    await expect(bench.invoke()).rejects.toMatchObject(failed('within 7 hours, and was cancelled'));
    expect(bench.sinks.cancelled).toHaveLength(1);
  });
});

describe('a call that throws', () => {
  const away = () => new ThrottledError('Rate exceeded');

  test('is repeated with the same token, without spending the budget', async () => {
    const errors = Array.from({ length: budgets.sinks.maxRetries + 2 }, away);
    const bench = await Bench.create({ warehouse: [{ errors, end: { state: 'applied', detail: '' } }] });
    for (const _ of errors) await expect(bench.invoke()).rejects.toMatchObject(pending('Rate exceeded'));
    expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
    expect(new Set(bench.tokens('warehouse')).size).toBe(1);
  });

  test.each([
    ['a service is away', away, steps.applySink.totalTimeoutSeconds],
    ['credentials are refused', () => new CredentialsError('expired'), credentials.retrySeconds],
  ])('fails the sink when %s for as long as Temporal repeats its activity', async (_what, error, seconds) => {
    const bench = await Bench.create({ warehouse: [{ errors: [error(), error(), error()], end: applied().end }] });
    at(0);
    await expect(bench.invoke()).rejects.toMatchObject({ name: 'SinksPending' });
    at(seconds - 1);
    await expect(bench.invoke()).rejects.toMatchObject({ name: 'SinksPending' });
    at(seconds);
    await expect(bench.invoke()).rejects.toMatchObject(failed(error().message));
  });

  test('that polls a statement is repeated for as long as the statement may take, which is cancelled then', async () => {
    const pollErrors = [away(), away(), away()];
    const bench = await Bench.create({ warehouse: [{ polls: 0, pollErrors, end: applied().end }] });
    at(0);
    await expect(bench.invoke()).rejects.toMatchObject(pending('Rate exceeded'));
    at(steps.awaitSink.totalTimeoutSeconds - 1);
    await expect(bench.invoke()).rejects.toMatchObject(pending('Rate exceeded'));
    at(steps.awaitSink.totalTimeoutSeconds);
    await expect(bench.invoke()).rejects.toMatchObject(failed('Rate exceeded'));
    expect(bench.sinks.cancelled).toHaveLength(1);
  });

  test('fails the sink at once if no retry can succeed', async () => {
    const errors = [new SinkError('another dataset owns the table')];
    const bench = await Bench.create({ warehouse: [{ errors, end: applied().end }] });
    await expect(bench.invoke()).rejects.toMatchObject(failed('another dataset owns the table'));
    const denied = [
      Object.assign(new Error('User is not authorized'), { name: 'AccessDeniedException', $metadata: {} }),
    ];
    const other = await Bench.create({ warehouse: [{ errors: denied, end: applied().end }] });
    await expect(other.invoke()).rejects.toMatchObject(failed('warehouse: '));
  });

  test('of the store is thrown unchanged after the other sinks were applied', async () => {
    const bench = await Bench.create({ catalog: [applied()], warehouse: [applied()] });
    const read = bench.store.readSmall;
    jest.spyOn(bench.store, 'readSmall').mockImplementation(async (uri) => {
      if (uri.includes('/sinks/catalog/executions/')) throw new Error('socket hang up');
      return read(uri);
    });
    await expect(bench.invoke()).rejects.toMatchObject({ name: 'Error', message: 'socket hang up' });
    expect(bench.tokens('warehouse')).toHaveLength(1);
  });
});

test('a call that returns after the end of its invocation does not overwrite the progress', async () => {
  const bench = await Bench.create({ warehouse: [applied()] });
  let release: () => void = () => undefined;
  const glue = bench.sinks.writers('glue');
  const apply = glue.apply.bind(glue);
  jest.spyOn(glue, 'apply').mockImplementationOnce(async (...call) => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { ...(await apply(...call)), state: 'running', statement: 'late' } as never;
  });
  const limits = { poll: AbortSignal.abort(), end: AbortSignal.timeout(20) };
  await expect(bench.invoke(limits)).rejects.toMatchObject(pending('not answered'));
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(bench.progress()).toEqual([]);
  expect(await bench.invoke()).toMatchObject([{ state: 'applied' }]);
});

test('the error names match those of the state machine', () => {
  const { Retry = [], Catch = [] } = stateMachine(withSubstitutions()).States.ApplySinks as TaskState;
  expect(Retry.map(({ ErrorEquals }) => ErrorEquals).slice(0, 3)).toEqual([
    ['SinksPending'],
    ['SinkFailed', 'BadConfiguration'],
    ['CredentialsRefused'],
  ]);
  expect(Catch.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(['SinkFailed', 'SinksPending', 'States.ALL']);
});
