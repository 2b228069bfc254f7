import { setTimeout as delay } from 'node:timers/promises';
import { monthNames } from '@etl/pipeline/calendar/names';
import { everyDay } from '@etl/pipeline/calendar/timetable';
import type { ScheduleHandle } from '@temporalio/client';
import { scheduleReport } from '../../cli/schedule/report';
import { minCatchupMs, nightlySchedule, scheduleDefaults } from '../../cli/schedule/settings';
import { until } from '../support/system';
import { TestServer } from '../support/testServer';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

/** Returns the calendar spec of an instant, precise to the second. */
function moment(at: Date) {
  return {
    year: at.getUTCFullYear(),
    month: monthNames[at.getUTCMonth()] ?? 'JANUARY',
    dayOfMonth: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
}

withServer('a server that is down when a schedule is due', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ lasting: true });
  });
  afterAll(() => server?.remove());

  async function create(name: string, catchupMs: number, times: readonly Date[]): Promise<ScheduleHandle> {
    const settings = { ...scheduleDefaults, name, request: { prefix: 'file:///data' }, catchupMs };
    const schedule = nightlySchedule({ ...settings, timetable: { ...everyDay, times: [] } }, '2026-11-26');
    const spec = { calendars: times.map(moment) };
    return server.client.schedule.create({ scheduleId: name, ...schedule, spec });
  }
  const reportOf = async (name: string) => scheduleReport(await server.client.schedule.getHandle(name).describe());

  /**
   * Creates three schedules that are due soon and stops the server first. Retries with a later time when the machine is
   * too slow.
   */
  async function crashBefore(leadMs: number): Promise<{ first: Date; names: string[] }> {
    const first = new Date(Math.ceil(Date.now() / 1000) * 1000 + leadMs);
    const second = new Date(first.getTime() + 1000);
    const names = ['inside', 'beyond', 'two'].map((name) => `${name}-${leadMs}`);
    const [inside = '', beyond = '', two = ''] = names;
    await Promise.all([
      create(inside, scheduleDefaults.catchupMs, [first]),
      create(beyond, minCatchupMs, [first]),
      create(two, scheduleDefaults.catchupMs, [first, second]),
    ]);
    // The last schedule may not be stored yet.
    await delay(1500);
    await server.crash();
    if (Date.now() < first.getTime()) return { first, names };
    await server.up();
    return crashBefore(leadMs * 2);
  }

  test('starts late runs inside the catch-up window and counts later ones as missed; of two nights, skip starts one', async () => {
    const { first, names } = await crashBefore(5000);
    await delay(first.getTime() + 1000 + minCatchupMs + 500 - Date.now());
    await server.up();
    const reports = await until('the schedules have acted', 60, async () => {
      const all = await Promise.all(names.map(reportOf));
      const [inside, beyond, two] = all.map((each) => each.taken + each.missedCatchup + each.skippedOverlap);
      await delay(300);
      return inside === 1 && beyond === 1 && two === 2 ? all : undefined;
    });
    expect(reports).toMatchObject([
      { taken: 1, missedCatchup: 0, skippedOverlap: 0 },
      { taken: 0, missedCatchup: 1, skippedOverlap: 0 },
      { taken: 1, missedCatchup: 0, skippedOverlap: 1 },
    ]);
    // A late start still has its scheduled time.
    expect(reports[0]?.recent).toMatchObject([
      { at: first.toISOString(), workflowId: `nightly/${names[0]}-${first.toISOString().replace('.000', '')}` },
    ]);
  });
});
