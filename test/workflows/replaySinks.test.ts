import type { EtlActivities, SinkWork, SinkWorkQuery } from '../../activities/contract';
import type { ReplayReport } from '../../workflows/replaySinks';
import { failureOf, fakeActivities } from '../support/fakeActivities';
import { Rig } from '../support/rig';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const type = 'replaySinks';
const work = (source: string): SinkWork => ({
  batch: { dataset: 'ventas', batchDate: '2026-02-08', source },
  destination: 's3://lake',
  commit: 3,
  sinks: { catalog: { type: 'glue', database: 'lake' } },
});

/** Pages of three batches each. */
function pages(...sources: string[]): Pick<EtlActivities, 'listSinkWork'> & { readonly queries: SinkWorkQuery[] } {
  const queries: SinkWorkQuery[] = [];
  const listSinkWork: EtlActivities['listSinkWork'] = async (query) => {
    queries.push(query);
    const from = query.after === undefined ? 0 : sources.indexOf(query.after) + 1;
    const page = sources.slice(from, from + 3);
    const next = page.at(-1);
    return { work: page.map(work), current: 1, ...(from + 3 < sources.length && next !== undefined && { next }) };
  };
  return { listSinkWork, queries };
}

withServer('replaySinks', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  const replayed = async (activities: EtlActivities, input: unknown, more: readonly unknown[] = []) =>
    rig.with(activities, async (start) => (await start(input, undefined, { type, more })).result());

  test('applies the batches of every page', async () => {
    const { queries, ...listed } = pages('a', 'b', 'c', 'd', 'e');
    const { activities, calls } = fakeActivities(listed);
    const report: ReplayReport = await replayed(activities, { dataset: 'ventas', sink: 'catalog', from: '2026-02-01' });
    expect(report).toEqual({ applied: 5, current: 2, failed: 0, failures: [] });
    expect(queries).toMatchObject([
      { dataset: 'ventas', sink: 'catalog', from: '2026-02-01' },
      { dataset: 'ventas', sink: 'catalog', from: '2026-02-01', after: 'c' },
    ]);
    const applied = calls.filter(({ name }) => name === 'applySink').map(({ input }) => input as SinkWork);
    expect(applied.map(({ batch }) => batch.source).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('answers the query status with its counts', async () => {
    const { queries: _, ...listed } = pages('a', 'b');
    const status = await rig.with(fakeActivities(listed).activities, async (start) => {
      const handle = await start({ dataset: 'ventas' }, undefined, { type });
      await handle.result();
      return handle.query('status');
    });
    expect(status).toEqual({ applied: 2, current: 1, failed: 0, failures: [] });
  });

  test('continues from the state that an earlier run passed on', async () => {
    const { queries, ...listed } = pages('a', 'b', 'c', 'd');
    const { activities } = fakeActivities(listed);
    const report = { applied: 3, current: 1, failed: 0, failures: [] };
    expect(await replayed(activities, { dataset: 'ventas' }, [{ report, after: 'c' }])).toEqual({
      ...{ applied: 4, current: 2, failed: 0, failures: [] },
    });
    expect(queries).toMatchObject([{ after: 'c' }]);
  });

  test('tries every batch before it ends as SinkFailed, and names the failures', async () => {
    const { activities } = fakeActivities({
      ...pages('a', 'b', 'c', 'd'),
      applySink: async ({ batch }) =>
        batch.source === 'b'
          ? { state: 'failed', reason: 'the column id changed its type', retry: false, commit: 3 }
          : { state: 'applied', detail: 'done', commit: 3 },
    });
    const failure = await rig.with(activities, async (start) =>
      failureOf(await start({ dataset: 'ventas' }, 'replay-with-a-failure', { type })),
    );
    expect(failure.type).toBe('SinkFailed');
    expect(failure.message).toContain('1 sink of a batch of ventas lacks the newest commit');
    expect(failure.message).toContain('ventas 2026-02-08 b: catalog: the column id changed its type');
    const { memo } = await rig.env.client.workflow.getHandle('replay-with-a-failure').describe();
    expect(memo).toMatchObject({ sinks: { applied: 3, failed: 1 } });
  });

  test.each<[string, unknown]>([
    ['dataset', {}],
    ['dataset', { dataset: 7 }],
    ['sink', { dataset: 'v', sink: ['a'] }],
    ['from', { dataset: 'v', from: '2026-02-30' }],
    ['to', { dataset: 'v', to: 20260208 }],
    ['all', { dataset: 'v', all: 'yes' }],
  ])('refuses an argument with a wrong %s', async (key, input) => {
    const { activities } = fakeActivities();
    const failure = await rig.with(activities, async (start) => failureOf(await start(input, undefined, { type })));
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain(`${key}: expected`);
  });
});
