import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleHandle } from '@temporalio/client';
import { monthNames } from '../../cli/schedule/names';
import { scheduleReport } from '../../cli/schedule/report';
import { minCatchupMs, nightlySchedule, scheduleDefaults } from '../../cli/schedule/settings';
import { everyDay } from '../../cli/schedule/timetable';
import { until } from '../support/system';
import { TestServer } from './support/devServer';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

/** A moment of the calendar, to the second. */
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

withServer('a server that was away over the time of a schedule', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server?.remove());

  async function create(name: string, catchupMs: number, times: readonly Date[]): Promise<ScheduleHandle> {
    const settings = { ...scheduleDefaults, name, request: { prefix: 'file:///data' }, catchupMs };
    const schedule = nightlySchedule({ ...settings, timetable: { ...everyDay, times: [] } }, '2026-11-26');
    const spec = { calendars: times.map(moment) };
    return server.client.schedule.create({ scheduleId: name, ...schedule, spec });
  }
  const reportOf = async (name: string) => scheduleReport(await server.client.schedule.getHandle(name).describe());

  test('makes up for it inside the catch-up window and counts it as missed beyond; of two nights, skip starts one', async () => {
    const first = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5000);
    const second = new Date(first.getTime() + 1000);
    await create('inside', scheduleDefaults.catchupMs, [first]);
    await create('beyond', minCatchupMs, [first]);
    await create('two', scheduleDefaults.catchupMs, [first, second]);
    // What was created last is on its way still.
    await delay(1500);
    await server.crash();
    expect(Date.now()).toBeLessThan(first.getTime());
    await delay(second.getTime() + minCatchupMs + 500 - Date.now());
    await server.up();
    const reports = await until('the schedules have acted', 60, async () => {
      const all = await Promise.all(['inside', 'beyond', 'two'].map(reportOf));
      const [inside, beyond, two] = all.map((each) => each.taken + each.missedCatchup + each.skippedOverlap);
      await delay(300);
      return inside === 1 && beyond === 1 && two === 2 ? all : undefined;
    });
    expect(reports).toMatchObject([
      { taken: 1, missedCatchup: 0, skippedOverlap: 0 },
      { taken: 0, missedCatchup: 1, skippedOverlap: 0 },
      { taken: 1, missedCatchup: 0, skippedOverlap: 1 },
    ]);
    // Late as it is, it knows what time it is of.
    expect(reports[0]?.recent).toMatchObject([
      { at: first.toISOString(), workflowId: `nightly/inside-${first.toISOString().replace('.000', '')}` },
    ]);
  });
});
