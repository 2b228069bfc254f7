import { addDays, daysBetween } from '@etl/pipeline/batch/timeZones';
import type { ScheduleSpec } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { localTime, nextRuns } from '../../cli/schedule/nextRuns';
import { nightlyAction, nightlySchedule, scheduleDefaults } from '../../cli/schedule/settings';
import { cronTimetable, everyDay, timeOfDay } from '../../cli/schedule/timetable';
import { TestServer } from '../support/testServer';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('a year of a schedule, as the server has it', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server?.remove());

  const request = { prefix: 'file:///data' };
  const timestamp = (text: string) => msToTs(Date.parse(text));

  /** The times between two instants that the server would start something at. */
  async function timesOf(spec: ScheduleSpec, from: string, to: string): Promise<Date[]> {
    const scheduleId = `times-${Math.random().toString(36).slice(2)}`;
    const { client } = server;
    const action = nightlyAction(scheduleId, request);
    const handle = await client.schedule.create({ scheduleId, spec, action, state: { paused: true } });
    const window = { startTime: timestamp(from), endTime: timestamp(to) };
    const matching = { namespace: 'default', scheduleId, ...window };
    const { startTime } = await client.workflowService.listScheduleMatchingTimes(matching);
    await handle.delete();
    return (startTime ?? []).map((time) => new Date(tsToMs(time)));
  }

  const specOf = (timetable: ReturnType<typeof cronTimetable>, timeZone: string) =>
    nightlySchedule({ ...scheduleDefaults, name: 'x', request, timetable, timeZone, overlap: 'skip' }, '2026-11-26')
      .spec;
  const daily = (time: string) => ({ ...everyDay, times: [timeOfDay(time)] });
  const year = ['2027-01-01T12:00:00Z', '2028-01-01T12:00:00Z'] as const;

  test.each<[string, string, string[]]>([
    ['Europe/Madrid', '02:30', ['2027-03-28 03:30', '2027-10-31 03:30']],
    ['America/New_York', '02:30', ['2027-03-14 03:30']],
    ['America/New_York', '01:30', ['2027-11-07 02:30']],
    ['Australia/Lord_Howe', '02:15', ['2027-10-03 02:45']],
    ['Australia/Lord_Howe', '01:45', ['2027-04-04 02:15']],
    ['Africa/Cairo', '00:00', ['2027-04-30 01:00']],
    ['America/Santiago', '23:30', ['2027-04-03 22:30']],
    ['Africa/Casablanca', '02:30', ['2027-02-07 03:30', '2027-03-14 03:30']],
    ['UTC', '02:30', []],
  ])('%s, %s: once on each day, and the batch dates are the days of the calendar', async (timeZone, time, moved) => {
    const times = await timesOf(specOf(daily(time), timeZone), ...year);
    const runs = nextRuns(daily(time), timeZone, { after: new Date(year[0]), count: times.length });
    expect(times.map((at) => at.toISOString())).toEqual(runs.map(({ at }) => at));
    const dates = runs.map(({ batchDate }) => batchDate);
    expect(dates).toEqual(daysBetween(dates[0] ?? '', dates.at(-1) ?? ''));
    expect(dates).toHaveLength(365);
    expect(runs.filter(({ local }) => local.slice(11) !== time).map(({ local }) => local)).toEqual(moved);
  });

  test.each([
    ['30 2 * * 1-5', 'Europe/Madrid'],
    ['*/15 1-3 * * sun', 'Europe/Madrid'],
    ['0 */2 8-31 * *', 'America/New_York'],
    ['15 4 1,15 mar-nov *', 'Australia/Lord_Howe'],
  ])('--cron %s, %s: the times that were promised', async (expression, timeZone) => {
    const timetable = cronTimetable(expression);
    const window = ['2027-03-01T00:00:30Z', '2027-04-20T00:00:30Z'] as const;
    const times = await timesOf(specOf(timetable, timeZone), ...window);
    const runs = nextRuns(timetable, timeZone, { after: new Date(window[0]), count: times.length + 1 });
    expect(times.length).toBeGreaterThan(2);
    expect(times.map((at) => at.toISOString())).toEqual(runs.slice(0, -1).map(({ at }) => at));
    expect((runs.at(-1)?.at ?? '') > window[1]).toBe(true);
  });

  test.each([
    ['Europe/Madrid', 2, 30, '2027-03-28', []],
    ['Europe/Madrid', 2, 30, '2027-10-31', ['02:30']],
    ['America/New_York', 2, 30, '2027-03-14', []],
    ['America/New_York', 1, 30, '2027-11-07', ['01:30', '01:30']],
    ['Australia/Lord_Howe', 2, 15, '2027-10-03', ['02:45']],
    ['Australia/Lord_Howe', 1, 45, '2027-04-04', ['01:45']],
  ])('left to itself it starts, in %s at %i:%i on %s: %j', async (timezone, hour, minute, day, shown) => {
    const calendars = [{ hour, minute }];
    const [before, after] = [-1, 2].map((days) => `${addDays(day, days)}T00:00:00Z`) as [string, string];
    const times = await timesOf({ calendars, timezone }, before, after);
    const local = times.map((at) => localTime(timezone, at)).filter((each) => each.startsWith(day));
    expect(local.map((each) => each.slice(11))).toEqual(shown);
  });
});
