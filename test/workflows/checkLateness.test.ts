import type { LateAlert } from '@etl/pipeline/calendar/lateAlert';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities, LateReport } from '../../activities/contract';
import type { LatenessReport } from '../../workflows/checkLateness';
import { failureOf, fakeActivities, names } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const type = 'checkLateness';
const alert = (dataset: string, kind: LateAlert['kind'] = 'late'): LateAlert => ({
  kind,
  dataset,
  batchDate: '2026-02-08',
  state: kind === 'late' ? 'running' : 'missing',
  startsAt: '2026-02-09T01:30:00.000Z',
  deadlineAt: '2026-02-09T05:00:00.000Z',
  owner: 'sales',
});
const report = (...alerts: LateAlert[]): LateReport => ({ batches: 3, alerts, more: 0, unread: [] });

withServer('checkLateness', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  const checked = (activities: EtlActivities, input: unknown = { everyMinutes: 15 }): Promise<LatenessReport> =>
    rig.with(activities, async (start) => (await start(input, undefined, { type })).result());

  /** Alerts by world: those that are recorded are not found again. */
  function world(found: () => readonly LateAlert[]) {
    const recorded: LateAlert[] = [];
    const isRecorded = (each: LateAlert) =>
      recorded.some(({ dataset, kind }) => dataset === each.dataset && kind === each.kind);
    return {
      recorded,
      findLate: async () => report(...found().filter((each) => !isRecorded(each))),
      recordLate: async ({ alert: sent }: { alert: LateAlert }) => void recorded.push(sent),
    };
  }

  const sentIn = (calls: readonly Call[]) =>
    calls.flatMap(({ name, input }) => {
      const { outcome, subject } = input as Parameters<EtlActivities['notify']>[0];
      return name === 'notify' ? [`${subject.dataset} ${outcome.kind}`] : [];
    });

  test('sends each alert, then records it, and at last the check', async () => {
    const { recorded: _, ...fakes } = world(() => [alert('a'), alert('b')]);
    const { activities, calls } = fakeActivities(fakes);
    expect(await checked(activities)).toMatchObject({
      batches: 3,
      sent: [{ dataset: 'a' }, { dataset: 'b' }],
      notSent: [],
    });
    expect(names(calls)).toEqual(['findLate', 'notify', 'recordLate', 'notify', 'recordLate', 'recordCheck']);
    expect(calls.at(1)?.input).toMatchObject({
      outcome: { kind: 'late', state: 'running', deadlineAt: '2026-02-09T05:00:00.000Z' },
      subject: { dataset: 'a', batchDate: '2026-02-08', owner: 'sales' },
    });
    expect(calls.at(-1)?.input).toMatchObject({ everyMinutes: 15, batches: 3, sent: 2, unread: [] });
  });

  test('raises an alert once, over many checks', async () => {
    const { recorded, ...fakes } = world(() => [alert('a'), alert('a', 'neverStarted')]);
    const { activities, calls } = fakeActivities(fakes);
    for (let check = 0; check < 4; check++) await checked(activities);
    expect(sentIn(calls)).toEqual(['a late', 'a neverStarted']);
    expect(recorded).toHaveLength(2);
  });

  test('looks again before it reports that a batch has not started: the server may be catching up on the start', async () => {
    let looks = 0;
    const { activities, calls } = fakeActivities({
      findLate: async () => (looks++ === 0 ? report(alert('a', 'neverStarted')) : report()),
    });
    expect(await checked(activities)).toMatchObject({ sent: [] });
    const times = calls.filter(({ name }) => name === 'findLate').map(({ atSeconds }) => atSeconds);
    expect(Math.round((times[1] ?? 0) - (times[0] ?? 0))).toBe(60);
  });

  test('sends the other alerts if one cannot be sent, and fails; the next check sends it', async () => {
    let isBroken = true;
    const { recorded, ...fakes } = world(() => [alert('a'), alert('b')]);
    const { activities, calls } = fakeActivities({
      ...fakes,
      notify: async ({ subject }) => {
        if (isBroken && subject.dataset === 'a') throw ApplicationFailure.nonRetryable('no such topic');
        return { messageId: 'm' };
      },
    });
    const failed = await rig.with(activities, async (start) => failureOf(await start({}, undefined, { type })));
    expect(failed).toMatchObject({ type: 'ServiceUnavailable', message: expect.stringContaining('no such topic') });
    expect(recorded.map(({ dataset }) => dataset)).toEqual(['b']);
    expect(names(calls).at(-1)).toBe('recordCheck');
    isBroken = false;
    expect(await checked(activities)).toMatchObject({ sent: [{ dataset: 'a' }] });
  });

  test('a worker that is lost after a message does not send it again', async () => {
    const { recorded, ...fakes } = world(() => [alert('a')]);
    let attempts = 0;
    const { activities, calls } = fakeActivities({
      ...fakes,
      recordLate: async (input) => {
        if (attempts++ < 3) throw new Error('the connection was lost');
        await fakes.recordLate(input);
      },
    });
    await checked(activities);
    expect(sentIn(calls)).toEqual(['a late']);
    expect(recorded).toHaveLength(1);
  });

  test.each([[{ everyMinutes: 0 }], [{ everyMinutes: '15' }], ['x'], [[]]])(
    'rejects the argument %j',
    async (input) => {
      const failed = await rig.with(fakeActivities().activities, async (start) =>
        failureOf(await start(input, undefined, { type })),
      );
      expect(failed).toMatchObject({ type: 'BadConfiguration', message: expect.stringContaining('everyMinutes') });
    },
  );
});
