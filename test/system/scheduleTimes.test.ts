import { addDays, dayIn, daysBetween } from '@etl/lib/timeZones';
import { declaredTimetable, expectedBatches } from '@etl/pipeline/calendar/expected';
import { nextRuns, startsOn } from '@etl/pipeline/calendar/nextRuns';
import { cronTimetable, everyDay, type Timetable, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { daysOfChange, localTime, showTime } from '@etl/pipeline/calendar/wallTime';
import type { DeclaredSchedule } from '@etl/pipeline/dataset/schedule';
import type { ScheduleSpec } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { nightlyAction } from '../../cli/schedule/settings';
import { scheduleSpec } from '../../cli/schedule/spec';
import { inParallel } from '../support/parallel';
import { type Random, randomFrom } from '../support/random';
import { TestServer } from '../support/testServer';
import { thorough } from '../support/thorough';
import { criticalTimes, type ZoneGroup, zonesByClockChanges } from '../support/timeZones';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('the start times of a schedule on a real server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server?.remove());

  const maxTimes = 1000;
  /** CANCELLED and DEADLINE_EXCEEDED. @see gRPC status codes */
  const unanswered: readonly (number | undefined)[] = [1, 4];
  let schedules = 0;

  /** Lists the server's starts in each time range, in milliseconds, up to 1000 per call. */
  async function startsIn(spec: ScheduleSpec, spans: readonly (readonly [number, number])[]): Promise<number[][]> {
    const scheduleId = `times-${schedules++}`;
    const { client } = server;
    const action = nightlyAction(scheduleId, { prefix: 'file:///data' });
    const handle = await client.schedule.create({ scheduleId, spec, action, state: { paused: true } });
    const found: number[][] = [];
    for (const [from, to] of spans) {
      const starts: number[] = [];
      for (let after = from; ; ) {
        const page = await listMatchingTimes(scheduleId, after, to);
        starts.push(...page);
        after = page.at(-1) ?? to;
        if (page.length < maxTimes) break;
      }
      found.push(starts);
    }
    await handle.delete();
    return found;
  }

  /** Retries a query without a response: a busy server sometimes loses one. */
  async function listMatchingTimes(scheduleId: string, after: number, to: number, tries = 5): Promise<number[]> {
    const { connection } = server;
    const matching = { namespace: 'default', scheduleId, startTime: msToTs(after), endTime: msToTs(to) };
    try {
      const list = () => connection.workflowService.listScheduleMatchingTimes(matching);
      const { startTime } = await connection.withDeadline(Date.now() + 20_000, list);
      return (startTime ?? []).map((time) => tsToMs(time));
    } catch (error) {
      if (tries > 1 && unanswered.includes((error as { code?: number }).code)) {
        return listMatchingTimes(scheduleId, after, to, tries - 1);
      }
      throw error;
    }
  }

  const daily = (time: string) => ({ ...everyDay, times: [timeOfDay(time)] });
  const specOf = (timetable: Timetable, timeZone: string) => scheduleSpec(timetable, timeZone, '2026-11-26', 0);

  test.each<[string, string, string[]]>([
    ['Europe/Madrid', '02:30', ['2027-03-28 03:30', '2027-10-31 03:30']],
    ['Europe/Madrid', '01:30', []],
    ['Europe/London', '00:30', []],
    ['Australia/Sydney', '01:30', []],
    ['Atlantic/Azores', '00:30', ['2027-03-28 01:30', '2027-10-31 01:30']],
    ['America/Havana', '00:30', ['2027-03-14 01:30', '2027-11-07 01:30']],
    ['America/Santiago', '00:30', ['2027-09-05 01:30']],
    ['America/Santiago', '23:30', ['2027-04-03 22:30']],
    ['America/New_York', '02:30', ['2027-03-14 03:30']],
    ['America/New_York', '01:30', ['2027-11-07 02:30']],
    ['Australia/Lord_Howe', '02:15', ['2027-10-03 03:15']],
    ['Australia/Lord_Howe', '01:45', ['2027-04-04 02:15']],
    ['Africa/Cairo', '00:00', ['2027-04-30 01:00']],
    ['Africa/Casablanca', '02:30', ['2027-02-07 03:30', '2027-03-14 03:30']],
    ['UTC', '02:30', []],
  ])('%s, %s: starts once on each day of a year, as planned', async (timeZone, time, moved) => {
    const from = '2027-01-01T12:00:00Z';
    const [starts = []] = await startsIn(specOf(daily(time), timeZone), [
      [Date.parse(from), Date.parse('2028-01-01T12:00:00Z')],
    ]);
    const runs = nextRuns(daily(time), timeZone, { after: new Date(from), count: starts.length });
    expect(starts.map((at) => new Date(at).toISOString())).toEqual(runs.map(({ at }) => at));
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
    ['0 0 * * sun', 'America/Havana'],
  ])('--cron %s, %s: starts as planned', async (expression, timeZone) => {
    const timetable = cronTimetable(expression);
    const [after, end] = [new Date('2027-03-01T00:00:30Z'), new Date('2027-04-20T00:00:30Z')];
    const [starts = []] = await startsIn(specOf(timetable, timeZone), [[after.getTime(), end.getTime()]]);
    const runs = nextRuns(timetable, timeZone, { after, count: starts.length + 1 });
    expect(starts.length).toBeGreaterThan(2);
    expect(starts.map((at) => new Date(at).toISOString())).toEqual(runs.slice(0, -1).map(({ at }) => at));
    expect((runs.at(-1)?.at ?? '') > end.toISOString()).toBe(true);
  });

  test.each<[string, DeclaredSchedule]>([
    ['an hour that clock changes divide', { at: '02:30', timeZone: 'Europe/Madrid', dayOffset: -1, deadline: '06:00' }],
    ['days of the week', { at: '00:30', days: 'mon-fri', timeZone: 'America/Havana' }],
    ['changes of half an hour', { at: '02:15', timeZone: 'Australia/Lord_Howe', dayOffset: -2 }],
    ['a day without its last hour', { at: '23:30', timeZone: 'America/Santiago' }],
    ['a cron expression', { cron: '15 4 1,15 mar-nov *', timeZone: 'America/New_York' }],
  ])('a declared schedule, %s: the server starts the batches that the calendar expects', async (_what, schedule) => {
    const { timeZone = 'UTC', dayOffset = 0 } = schedule;
    const [from, to] = ['2027-01-01', '2027-12-31'] as const;
    const span = [Date.parse(addDays(from, -5)), Date.parse(addDays(to, 5))] as const;
    const [starts = []] = await startsIn(specOf(declaredTimetable(schedule), timeZone), [span]);
    const started = starts
      .map((at) => ({ at, batchDate: dayIn(timeZone, new Date(at), dayOffset) }))
      .filter(({ batchDate }) => batchDate >= from && batchDate <= to);
    const expected = expectedBatches({ name: 'ventas', declaration: { schedule } }, from, to);
    expect(expected.map(({ startsAt: at, batchDate }) => ({ at, batchDate }))).toEqual(started);
    expect(expected.length).toBeGreaterThan(10);
  });

  describe('ten years of every zone', () => {
    const [from, to] = ['2027-01-01', '2036-12-31'] as const;
    const groups = zonesByClockChanges(2027, 2037);
    const changing = groups.filter(({ changes }) => changes.length > 0);
    /** Without ETL_TEST_THOROUGH, tests one of this many times of day. */
    const everyNth = thorough ? 1 : 16;
    const timeout = thorough ? 1_800_000 : 120_000;

    test(
      `each of ${groups.length} sets of clock changes starts each day once, at the time of day if the day has its hour`,
      async () => {
        const tried = groups.flatMap((group) =>
          (group.changes.length > 0 ? criticalTimes(group.changes) : [150]).map((time) => ({ group, time })),
        );
        const sample = tried.filter((_, index) => index % everyNth === 0);
        const problems = await inParallel(sample, async ({ group, time }) => {
          const timetable = { ...everyDay, times: [time] };
          const span = [Date.parse(from) - 86_400_000, Date.parse(to) + 2 * 86_400_000] as const;
          const [starts = []] = await startsIn(specOf(timetable, group.zone), [span]);
          return dailyProblems(group, timetable, starts).map(
            (problem) => `${group.zone} ${showTime(time)}: ${problem}`,
          );
        });
        expect(problems.flat()).toEqual([]);
      },
      timeout,
    );

    function dailyProblems(
      { zone, offset, changes }: ZoneGroup,
      timetable: Timetable,
      starts: readonly number[],
    ): string[] {
      const special = new Set(changes.flatMap(daysOfChange));
      const startsByDay = new Map<string, number[]>();
      let [index, current] = [0, offset];
      for (const at of starts) {
        for (let change = changes[index]; change && change.at <= at; change = changes[++index]) current = change.after;
        const day = new Date(at + current * 60_000).toISOString().slice(0, 10);
        startsByDay.set(day, [...(startsByDay.get(day) ?? []), at + current * 60_000]);
      }
      const [time = 0] = timetable.times;
      return daysBetween(from, to).flatMap((day) => {
        const shown = startsByDay.get(day) ?? [];
        const planned = special.has(day)
          ? startsOn(timetable, zone, day).map((at) => localTime(zone, new Date(at)))
          : [`${day} ${showTime(time)}`];
        const started = shown.map((at) => new Date(at).toISOString().slice(0, 16).replace('T', ' '));
        return started.length === 1 && started.join() === planned.join()
          ? []
          : [`on ${day} ${started.join(', ') || 'never'}, planned ${planned.join(', ')}`];
      });
    }

    test(
      'the server starts as planned, also for several times of day on some days only',
      async () => {
        const random = randomFrom(20270101);
        const tried = Array.from({ length: thorough ? 6 : 1 }, () => changing)
          .flat()
          .map((group) => ({ group, timetable: randomTimetable(random, group) }));
        const problems = await inParallel(tried, async ({ group, timetable }) => {
          const { zone } = group;
          const changes = thorough ? group.changes : group.changes.slice(0, 4);
          const spans = changes.map(({ at }) => [at - 3 * 86_400_000, at + 3 * 86_400_000] as const);
          const found = await startsIn(specOf(timetable, zone), spans);
          return changes.flatMap(({ at }, index) =>
            [-1, 0, 1].flatMap((away) => {
              const day = dayIn(zone, new Date(at), away);
              const started = (found[index] ?? []).filter((start) => dayIn(zone, new Date(start)) === day);
              const planned = startsOn(timetable, zone, day);
              const shown = (times: readonly number[]) =>
                times.map((each) => localTime(zone, new Date(each)).slice(11));
              return started.join() === planned.join()
                ? []
                : [`${zone} ${timetable.times.map(showTime)} on ${day}: ${shown(started)}, planned ${shown(planned)}`];
            }),
          );
        });
        expect(problems.flat()).toEqual([]);
      },
      timeout,
    );

    function randomTimetable(random: Random, { changes }: ZoneGroup): Timetable {
      const some = (all: readonly number[], share: number): number[] => {
        const chosen = all.filter(() => random.chance(share));
        return chosen.length > 0 ? chosen : [...all];
      };
      const minutes = [0, 10, 15, 25, 40];
      const times = some(criticalTimes(changes), 0.3).map((time) => time - (time % 60) + random.pick(minutes));
      return {
        times: [...new Set(times)].sort((a, b) => a - b),
        daysOfMonth: random.chance(0.5) ? everyDay.daysOfMonth : some(everyDay.daysOfMonth, 0.7),
        months: everyDay.months,
        daysOfWeek: random.chance(0.5) ? everyDay.daysOfWeek : some(everyDay.daysOfWeek, 0.5),
      };
    }

    test(
      'the server knows every zone',
      async () => {
        const zones = groups.flatMap((group) => (thorough ? group.zones : [group.zone]));
        const noon = [Date.parse('2027-06-01T00:00:00Z'), Date.parse('2027-06-04T00:00:00Z')] as const;
        const unknown = await inParallel(zones, async (zone) => {
          const [starts = []] = await startsIn(specOf(daily('12:00'), zone), [noon]);
          const isNoon = starts.every((at) => localTime(zone, new Date(at)).endsWith(' 12:00'));
          return starts.length === 3 && isNoon ? [] : [zone];
        });
        expect(unknown.flat()).toEqual([]);
      },
      timeout,
    );
  });

  test.each([
    ['Europe/Madrid', 2, 30, '2027-03-28', []],
    ['Europe/Madrid', 2, 30, '2027-10-31', ['02:30']],
    ['Europe/Madrid', 1, 30, '2027-10-31', ['01:30', '02:30']],
    ['America/New_York', 2, 30, '2027-03-14', []],
    ['America/New_York', 1, 30, '2027-11-07', ['01:30', '01:30']],
    ['Australia/Lord_Howe', 2, 15, '2027-10-03', ['02:45']],
    ['Australia/Lord_Howe', 1, 45, '2027-04-04', ['01:45']],
  ])('a plain calendar in %s at %i:%i starts on %s at %j', async (timezone, hour, minute, day, shown) => {
    const calendars = [{ hour, minute }];
    const [before, after] = [-1, 2].map((days) => Date.parse(addDays(day, days))) as [number, number];
    const [starts = []] = await startsIn({ calendars, timezone }, [[before, after]]);
    const local = starts.map((at) => localTime(timezone, new Date(at))).filter((each) => each.startsWith(day));
    expect(local.map((each) => each.slice(11))).toEqual(shown);
  });

  test('a plain calendar of Sundays skips a Sunday without midnight', async () => {
    const calendars = [{ hour: 5, dayOfWeek: 'SUNDAY' as const }];
    const [starts = []] = await startsIn({ calendars, timezone: 'America/Havana' }, [
      [Date.parse('2027-03-07T00:00:00Z'), Date.parse('2027-03-22T00:00:00Z')],
    ]);
    const days = starts.map((at) => dayIn('America/Havana', new Date(at)));
    expect(days).toEqual(['2027-03-07', '2027-03-21']);
  });
});
