import { dayIn } from '@etl/lib/timeZones';
import { nextRuns, startsOn } from '@etl/pipeline/calendar/nextRuns';
import { cronTimetable, everyDay, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { changesNear, clockChanges, instantsOf, showTime, startTime } from '@etl/pipeline/calendar/wallTime';
import { movedTimes } from '../../../cli/schedule/clockChanges';
import { thorough } from '../../support/thorough';
import { criticalTimes, zonesByClockChanges } from '../../support/timeZones';

const at = (time: string) => timeOfDay(time);
const daily = (time: string) => ({ ...everyDay, times: [at(time)] });

describe('the number of times that a local time occurs on a day', () => {
  test.each([
    ['Europe/Madrid', '2026-03-28', '02:30', 1],
    ['Europe/Madrid', '2026-03-29', '02:30', 0],
    ['Europe/Madrid', '2026-03-29', '03:00', 1],
    ['Europe/Madrid', '2026-10-25', '02:00', 2],
    ['Europe/Madrid', '2026-10-25', '02:59', 2],
    ['Europe/Madrid', '2026-10-25', '03:00', 1],
    ['America/New_York', '2026-03-08', '02:30', 0],
    ['America/New_York', '2026-11-01', '01:30', 2],
    ['America/New_York', '2026-11-01', '02:30', 1],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', 0],
    ['Australia/Lord_Howe', '2026-10-04', '02:30', 1],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', 2],
    ['Africa/Cairo', '2026-04-24', '00:30', 0],
    ['America/Santiago', '2026-04-04', '23:30', 2],
    ['Pacific/Kiritimati', '2026-04-04', '00:00', 1],
    ['UTC', '2026-03-29', '02:30', 1],
  ])('%s, %s %s: %i', (zone, day, time, times) => expect(instantsOf(zone, day, at(time))).toHaveLength(times));
});

test('finds clock changes to the minute', () => {
  const [from, to] = [Date.parse('2026-01-01'), Date.parse('2027-01-01')];
  const shown = (zone: string) =>
    clockChanges(zone, from, to).map((change) => ({ ...change, at: new Date(change.at).toISOString().slice(0, 16) }));
  expect(shown('Europe/Madrid')).toEqual([
    { at: '2026-03-29T01:00', before: 60, after: 120 },
    { at: '2026-10-25T01:00', before: 120, after: 60 },
  ]);
  expect(shown('Australia/Lord_Howe')).toEqual([
    { at: '2026-04-04T15:00', before: 660, after: 630 },
    { at: '2026-10-03T15:30', before: 630, after: 660 },
  ]);
  expect(shown('Asia/Tokyo')).toEqual([]);
});

describe('a time in an hour affected by a clock change starts later on the same day, by the length of the change', () => {
  test.each([
    ['Europe/Madrid', '2026-03-28', '02:30', '02:30'],
    ['Europe/Madrid', '2026-03-29', '02:30', '03:30'],
    ['Europe/Madrid', '2026-03-29', '01:59', '01:59'],
    ['Europe/Madrid', '2026-03-29', '03:00', '03:00'],
    ['Europe/Madrid', '2026-10-25', '02:30', '03:30'],
    ['Europe/Madrid', '2026-10-25', '01:30', '01:30'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '03:15'],
    ['Australia/Lord_Howe', '2026-10-04', '02:45', '03:15'],
    ['Australia/Lord_Howe', '2026-04-05', '01:15', '02:15'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '02:15'],
    ['Pacific/Chatham', '2026-04-05', '03:30', '04:30'],
    ['Pacific/Chatham', '2026-04-05', '02:30', '04:30'],
    ['Africa/Cairo', '2026-04-24', '00:00', '01:00'],
    ['America/Santiago', '2026-04-04', '23:30', '22:30'],
    ['Antarctica/Troll', '2026-03-29', '01:30', '03:30'],
  ])('%s, %s: %s -> %s', (zone, day, time, moved) =>
    expect(showTime(startTime(changesNear(zone, day), day, at(time)))).toBe(moved),
  );
});

describe('the times that Temporal must move', () => {
  test('are one rule for every year', () => {
    expect(movedTimes(daily('02:30'), 'Europe/Madrid', '2026-11-26')).toEqual([
      { time: at('02:30'), to: at('03:30'), month: 3, days: [25, 31], dayOfWeek: 0 },
      { time: at('02:30'), to: at('03:30'), month: 10, days: [25, 31], dayOfWeek: 0 },
    ]);
  });

  test('include the second Sunday of March', () => {
    expect(movedTimes(daily('02:30'), 'America/New_York', '2026-11-26')).toEqual([
      { time: at('02:30'), to: at('03:30'), month: 3, days: [8, 14], dayOfWeek: 0 },
    ]);
  });

  test('are empty if no clock change affects the time, or the timetable excludes the day', () => {
    expect(movedTimes(daily('04:30'), 'Europe/Madrid', '2026-11-26')).toEqual([]);
    expect(movedTimes(daily('02:30'), 'Asia/Tokyo', '2026-11-26')).toEqual([]);
    expect(movedTimes(cronTimetable('30 2 * * 1-5'), 'Europe/Madrid', '2026-11-26')).toEqual([]);
  });

  test('are listed by day for ten years if the clocks follow the moon', () => {
    const moved = movedTimes(daily('02:30'), 'Africa/Casablanca', '2026-11-26');
    expect(moved.length).toBeGreaterThan(15);
    const years = moved.map(({ year = 0 }) => year);
    expect([Math.min(...years), Math.max(...years)]).toEqual([2026, 2036]);
  });
});

describe('the next times', () => {
  const after = new Date('2026-03-27T12:00:00Z');
  test('occur once a day, also in the night without 02:30', () => {
    const runs = nextRuns(daily('02:30'), 'Europe/Madrid', { after, count: 3, dayOffset: -1 });
    expect(runs).toEqual([
      { at: '2026-03-28T01:30:00.000Z', local: '2026-03-28 02:30', batchDate: '2026-03-27' },
      { at: '2026-03-29T01:30:00.000Z', local: '2026-03-29 03:30', batchDate: '2026-03-28' },
      { at: '2026-03-30T00:30:00.000Z', local: '2026-03-30 02:30', batchDate: '2026-03-29' },
    ]);
  });

  test('are tomorrow for a time that has passed today', () => {
    const [first] = nextRuns(daily('14:00'), 'Europe/Madrid', { after: new Date('2026-06-01T12:00:00Z'), count: 1 });
    expect(first?.at).toBe('2026-06-02T12:00:00.000Z');
  });

  test('occur several times a day, and once for a time moved onto another', () => {
    const runs = nextRuns(cronTimetable('30 2,3 * * *'), 'Europe/Madrid', { after, count: 4 });
    expect(runs.map(({ local }) => local)).toEqual([
      ...['2026-03-28 02:30', '2026-03-28 03:30'],
      ...['2026-03-29 03:30', '2026-03-30 02:30'],
    ]);
  });

  test('include 29 February, but never 30 February', () => {
    const [leap] = nextRuns(cronTimetable('0 4 29 2 *'), 'UTC', { after, count: 1 });
    expect(leap?.batchDate).toBe('2028-02-29');
    expect(nextRuns(cronTimetable('0 4 30 2 *'), 'UTC', { after, count: 1 })).toEqual([]);
  });
});

test('in every zone, each time of day starts once on the days around each clock change', () => {
  const everyNth = thorough ? 1 : 7;
  let tried = 0;
  for (const { zone, changes } of zonesByClockChanges(2026, 2036)) {
    for (const { at: change } of changes) {
      for (const time of criticalTimes(changes)) {
        if (tried++ % everyNth !== 0) continue;
        for (const away of [-1, 0, 1]) {
          const day = dayIn(zone, new Date(change), away);
          const starts = startsOn({ ...everyDay, times: [time] }, zone, day);
          const days = starts.map((start) => dayIn(zone, new Date(start)));
          if (days.join() !== day) throw new Error(`${zone} ${showTime(time)} starts on ${day}: ${days}`);
        }
      }
    }
  }
});
