import { budgets } from '@etl/pipeline/definition';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import { CancelledFailure, type WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities, SinkInput, SinkWait } from '../../activities/contract';
import { failureOf, fakeActivities, names, until, waitForCancel } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const sinks: Sinks = { catalog: { type: 'glue', database: 'lake' }, mirror: { type: 'glue', database: 'mirror' } };
const onlyCatalog: Sinks = { catalog: { type: 'glue', database: 'lake' } };

const validated = (declared: Sinks, delivered = false): Pick<EtlActivities, 'validateInput'> => ({
  validateInput: async () => ({ valid: true, plan: samplePlan({ sinks: declared }), delivered }),
});
const inputs = (calls: readonly Call[], name: string): SinkInput[] =>
  calls.filter((call) => call.name === name).map(({ input }) => input as SinkInput);
const messages = (calls: readonly Call[]): string =>
  JSON.stringify(calls.filter(({ name }) => name === 'notify').map(({ input }) => input));

withServer('sinks of etlPipeline', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  const applied = [
    { sink: 'catalog', state: 'applied', commit: 1, detail: 'applied to catalog' },
    { sink: 'mirror', state: 'applied', commit: 1, detail: 'applied to mirror' },
  ];

  test.each([
    ['after the commit of a task', false, ['validateInput', 'launchTask', 'awaitTask', 'confirmCommit']],
    ['of a batch that was already delivered', true, ['validateInput', 'confirmCommit']],
  ])('are applied %s, and reported by result and notification', async (_, delivered, before) => {
    const { activities, calls } = fakeActivities(validated(sinks, delivered));
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result.sinks).toEqual(applied);
    expect(names(calls)).toEqual([...before, 'applySink', 'applySink', 'notify']);
    expect(calls.at(-1)?.input).toMatchObject({ outcome: { kind: 'success', sinks: applied } });
  });

  test('with a statement are awaited, with its ID', async () => {
    const { activities, calls } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async () => ({ state: 'running', statement: 's-1', commit: 4 }),
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result.sinks).toMatchObject([{ sink: 'catalog', commit: 4 }]);
    expect(inputs(calls, 'awaitSink')).toMatchObject([{ name: 'catalog', statement: 's-1', commit: 4, attempt: 1 }]);
    expect(names(calls)).not.toContain('cancelSink');
  });

  test('that fail for a reason that may pass are applied again, each time with another attempt', async () => {
    const { activities, calls } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async ({ attempt }) =>
        attempt < 3
          ? { state: 'failed', reason: 'conflict', retry: true, commit: 1 }
          : { state: 'applied', detail: 'done', commit: 1 },
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result.sinks).toMatchObject([{ detail: 'done' }]);
    expect(inputs(calls, 'applySink').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = calls.filter(({ name }) => name === 'applySink').map((c) => c.atSeconds);
    expect(second - first).toBeGreaterThanOrEqual(10);
    expect(third - second).toBeGreaterThanOrEqual(20);
  });

  test('that keep failing end the run as SinkFailed after the retries of their budget', async () => {
    const { activities, calls } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async () => ({ state: 'failed', reason: 'conflict', retry: true, commit: 1 }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('SinkFailed');
    expect(inputs(calls, 'applySink')).toHaveLength(1 + budgets.sinks.maxRetries);
  });

  test('that fail for good do not keep the others from being applied; the failure says what is committed', async () => {
    const { activities, calls } = fakeActivities({
      ...validated(sinks),
      applySink: async ({ name }) =>
        name === 'catalog'
          ? { state: 'failed', reason: 'database lake does not exist', retry: false, commit: 1 }
          : { state: 'applied', detail: 'done', commit: 1 },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'SinkFailed', nonRetryable: true });
    expect(failure.message).toBe(
      'the data is committed, but 1 of 2 sinks lack it: catalog: database lake does not exist. ' +
        'Finish with: npx etl sink replay ventas --from 2026-02-08 --to 2026-02-08',
    );
    expect(
      inputs(calls, 'applySink')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['catalog', 'mirror']);
    expect(names(calls).slice(-2)).toEqual(['notify', 'sendToDeadLetters']);
    expect(messages(calls)).toContain('database lake does not exist');
  });

  test('whose activity fails for good end the run as SinkFailed', async () => {
    const { activities } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async () => {
        throw ApplicationFailure.nonRetryable('glue:GetTable is not allowed', 'AccessDenied');
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('SinkFailed');
    expect(failure.message).toContain('catalog: applySink: glue:GetTable is not allowed');
  });

  test('whose statement cannot be awaited have it cancelled', async () => {
    const { activities, calls } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async () => ({ state: 'running', statement: 's-1', commit: 1 }),
      awaitSink: async () => {
        throw ApplicationFailure.nonRetryable('the statement is unknown', 'NotFound');
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('SinkFailed');
    expect(inputs(calls, 'cancelSink') as SinkWait[]).toMatchObject([{ statement: 's-1' }]);
  });

  test.each([
    ['awaitSink', ['cancelSink', 'notify']],
    ['applySink', ['notify']],
  ] as const)('that are cancelled during %s: the alert says that the data is committed', async (phase, last) => {
    const { activities, calls } = fakeActivities({
      ...validated(onlyCatalog),
      applySink: async () =>
        phase === 'applySink' ? waitForCancel() : { state: 'running', statement: 's-1', commit: 1 },
      awaitSink: waitForCancel,
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes(phase));
      await handle.cancel();
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    });
    expect(names(calls).slice(-last.length)).toEqual(last);
    expect(messages(calls)).toContain('the data is committed (commit 1), but these sinks may lack it: catalog');
    expect(messages(calls)).toContain('npx etl sink replay ventas --from 2026-02-08 --to 2026-02-08');
  });
});
