import { attributeNames, attributesOfBatch } from '@etl/pipeline/searchAttributes';
import type { WorkflowHandle } from '@temporalio/client';
import type { EtlActivities } from '../../activities/contract';
import { createAttributeReader, registerAttributes, startWithAttributes } from '../../config/searchAttributes';
import { exited, failureOf, fakeActivities, until } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';
import { world } from './nightlyBatch/support';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('search attributes of runs', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  const register = () => registerAttributes(rig.env.connection, 'default');
  /** A server that no longer has the attributes rejects them at once, and its list within a second. */
  const remove = async () => {
    await rig.env.connection.operatorService.removeSearchAttributes({
      namespace: 'default',
      searchAttributes: [...attributeNames],
    });
  };
  /** Activities whose look-up asks the server each time. */
  const looking = (changes: Partial<EtlActivities> = {}) =>
    fakeActivities({ registeredAttributes: () => createAttributeReader(rig.env.client)(), ...changes }).activities;
  const attributesOf = async (handle: WorkflowHandle): Promise<object> => {
    const { searchAttributes } = await handle.describe();
    return Object.fromEntries(Object.entries(searchAttributes).filter(([name]) => name.startsWith('Etl')));
  };
  const rejectedTasks = async (handle: WorkflowHandle): Promise<number> =>
    ((await handle.fetchHistory()).events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;

  const batch = { EtlDataset: ['ventas'], EtlBatchDate: ['2026-02-08'], EtlSource: ['ventas_2026_02'] };
  const badData: Partial<EtlActivities> = {
    validateInput: async () => ({ valid: true, plan: samplePlan({ owner: 'sales' }) }),
    awaitTask: async ({ taskArn }) => exited(taskArn, 65),
  };

  describe('that the server has registered', () => {
    beforeAll(register);

    test('are set when a delivered run ends, in one update', async () => {
      await rig.with(looking(), async (start) => {
        const handle = await start(undefined, 'delivered');
        await handle.result();
        expect(await attributesOf(handle)).toEqual({ ...batch, EtlOutcome: ['delivered'], EtlRowsWritten: [9] });
        const { events } = await rig.historyOf('delivered');
        const updates = (events ?? []).flatMap(({ upsertWorkflowSearchAttributesEventAttributes: update }) =>
          update ? [Object.keys(update.searchAttributes?.indexedFields ?? {})] : [],
        );
        expect(updates.filter((names) => names.some((name) => name.startsWith('Etl')))).toHaveLength(1);
      });
    });

    test('name owner and failure type of a failed run', async () => {
      await rig.with(looking(badData), async (start) => {
        const handle = await start(undefined, 'failed');
        await failureOf(handle);
        const failed = { EtlOutcome: ['failed'], EtlFailureType: ['BadData'], EtlOwner: ['sales'] };
        expect(await attributesOf(handle)).toEqual({ ...batch, ...failed });
      });
    });

    test('name the failure of an event that no activity has read', async () => {
      await rig.with(looking(), async (start) => {
        const handle = await start({ detail: { s3Key: 'x'.repeat(600_000) } }, 'unreadable');
        expect(await failureOf(handle)).toMatchObject({ type: 'InvalidInput' });
        expect(await attributesOf(handle)).toEqual({ EtlOutcome: ['invalid'], EtlFailureType: ['InvalidInput'] });
      });
    });

    test('are known from the start of a run that a client starts', async () => {
      await startWithAttributes(rig.env.client, attributesOfBatch({ dataset: 'd'.repeat(300) }), async (options) => {
        const handle = await rig.env.client.workflow.start('nobody', {
          ...{ workflowId: 'known', taskQueue: 'nobody' },
          ...options,
        });
        expect(await attributesOf(handle)).toEqual({ EtlDataset: ['d'.repeat(255)] });
        await handle.terminate();
      });
    });

    test('are known from the start of the files of a batch, which sets its own at its end', async () => {
      const of = world(rig, { '2026-02-08': ['a.csv', 'b.csv'] });
      const activities = { ...of.activities, ...pick(looking()) };
      rig.adopt(`etl/${of.dataset}/`, activities);
      await rig.with(activities, async (start) => {
        const handle = await start({}, `batch-${of.dataset}`, { type: 'nightlyBatch' });
        await handle.result();
        const ended = { EtlOutcome: ['delivered'], EtlRowsWritten: [18], EtlCostUsd: [0] };
        expect(await attributesOf(handle)).toEqual({ ...ended, EtlBatchDate: ['2026-02-08'] });
        const file = await rig.env.client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/a`).fetchHistory();
        const started = file.events?.[0]?.workflowExecutionStartedEventAttributes;
        expect(Object.keys(started?.searchAttributes?.indexedFields ?? {})).toEqual(
          expect.arrayContaining(['EtlDataset', 'EtlBatchDate', 'EtlSource']),
        );
      });
    });
  });

  describe('that the server lacks', () => {
    beforeAll(remove);

    test('fail neither a start nor a run', async () => {
      const start = () =>
        startWithAttributes(rig.env.client, attributesOfBatch({ dataset: 'ventas' }), (options) =>
          rig.env.client.workflow.start('nobody', { workflowId: 'unknown', taskQueue: 'nobody', ...options }),
        );
      // The client has looked the attributes up before they were removed.
      await (await start()).terminate();
      await rig.with(looking(badData), async (startRun) => {
        const handle = await startRun(undefined, 'without');
        await failureOf(handle);
        expect(await rejectedTasks(handle)).toBe(0);
      });
    });

    test('do not block a run or a batch whose worker has an outdated look-up', async () => {
      const of = world(rig, { '2026-02-08': ['a.csv'] });
      let looks = 0;
      const outdated = { registeredAttributes: async () => (++looks % 2 === 1 ? attributeNames : []) };
      const activities = { ...of.activities, ...outdated };
      rig.adopt(`etl/${of.dataset}/`, activities);
      await rig.with(activities, async (start) => {
        const handle = await start({}, `batch-${of.dataset}`, { type: 'nightlyBatch' });
        expect(await handle.result()).toMatchObject({ delivered: 1 });
        expect(await rejectedTasks(handle)).toBeGreaterThan(0);
      });
    });

    test('do not block a run that has them from its start', async () => {
      await register();
      await until(async () => (await createAttributeReader(rig.env.client)()).length > 0);
      let isRemoved = false;
      const activities = looking({
        confirmCommit: async (query) => {
          await until(() => isRemoved);
          return fakeActivities().activities.confirmCommit(query);
        },
      });
      const values = attributesOfBatch({ dataset: 'ventas' });
      await rig.with(activities, async (start) => {
        const handle = await start(undefined, 'open', { attributes: values });
        await remove();
        isRemoved = true;
        expect(await handle.result()).toMatchObject({ delivered: { kind: 'delivered' } });
      });
    });
  });
});

const pick = ({ registeredAttributes }: EtlActivities) => ({ registeredAttributes });
