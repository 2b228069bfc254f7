import { cronFields } from '@etl/pipeline/calendar/cron';
import { duration, showDuration } from '@etl/pipeline/calendar/durations';
import { cronTimetable, daysOfWeek, everyDay, passesMidnight, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { describeTimetable } from '@etl/pipeline/calendar/words';

describe('times of day and days of the week', () => {
  test.each([
    ['02:30', 150],
    ['2:30', 150],
    ['00:00', 0],
    ['23:59', 1439],
  ])('parses the time %s', (text, time) => expect(timeOfDay(text)).toBe(time));
  test.each(['24:00', '02:60', '2.30', '230', '', '02:30:00', '-1:30'])('%s is not a time of day', (text) => {
    expect(() => timeOfDay(text)).toThrow('is not a time of day');
  });
  test.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat-mon', [0, 1, 6]],
    ['Mon, wed,FRI', [1, 3, 5]],
    ['sun', [0]],
  ])('parses the days %s', (text, days) => expect(daysOfWeek(text)).toEqual(days));
  test.each(['monday', 'mon-', 'mon-tue-wed', '1-5', ''])('%s is not a list of days', (text) => {
    expect(() => daysOfWeek(text)).toThrow('is not a list of days of the week');
  });
});

describe('cron', () => {
  test.each([
    ['30 2 * * *', 'at 02:30'],
    ['30 2 * * 1-5', 'at 02:30 on mon, tue, wed, thu, fri'],
    ['30 2 * * mon,wed', 'at 02:30 on mon, wed'],
    ['0 4 * * 7', 'at 04:00 on sun'],
    ['0 4 1 */3 *', 'at 04:00 on day 1 in jan, apr, jul, oct'],
    ['0 4 1 JAN-mar *', 'at 04:00 on day 1 in jan, feb, mar'],
    ['*/20 22,23 * * *', 'at 22:00, 22:20, 22:40, 23:00, 23:20, 23:40'],
    ['5/30 1 * * *', 'at 01:05, 01:35'],
    ['0 8-12/2 * * *', 'at 08:00, 10:00, 12:00'],
  ])('describes %s as %s', (expression, words) => expect(describeTimetable(cronTimetable(expression))).toBe(words));
  test.each([
    ['30 2 * *', 'has 4 fields instead of five'],
    ['0 30 2 * * *', 'has 6 fields'],
    ['@daily', 'has 1 fields'],
    ['60 2 * * *', '"60" is not a valid minute (0 to 59)'],
    ['30 24 * * *', '"24" is not a valid hour'],
    ['30 2 0 * *', '"0" is not a valid day of the month'],
    ['30 2 * 13 *', '"13" is not a valid month'],
    ['30 2 * * 8', '"8" is not a valid day of the week'],
    ['30 2 L * *', '"L" is not a valid day of the month'],
    ['30 2 * * 5-1', '"5-1" is not a valid day of the week'],
    ['*/0 2 * * *', '"*/0" is not a valid minute'],
    ['*-5 2 * * *', '"*-5" is not a valid minute'],
    ['1,,2 2 * * *', '"" is not a valid minute'],
  ])('rejects %s: %s', (expression, problem) =>
    expect(() => cronFields(expression)).toThrow(`--cron '${expression}': ${problem}`),
  );
});

test('rejects schedules that start more often than every quarter of an hour', () => {
  expect(cronTimetable('*/15 * * * *').times).toHaveLength(96);
  expect(() => cronTimetable('*/10 * * * *')).toThrow('would start 144 batches a day');
});

test('a late start may fall on the next day', () => {
  const evening = [timeOfDay('02:30'), timeOfDay('23:50')];
  expect([0, 599_000, 600_000].map((late) => passesMidnight(evening, late))).toEqual([false, false, true]);
});

test('abbreviates a timetable of many times', () => {
  const times = Array.from({ length: 24 }, (_, hour) => hour * 60);
  expect(describeTimetable({ ...everyDay, times })).toBe('at 00:00, 01:00, 02:00 … 23:00');
});

test('parses and formats durations', () => {
  expect([duration('90s'), duration('10m'), duration('24h'), duration('2d'), duration('1h30m')]).toEqual([
    90_000, 600_000, 86_400_000, 172_800_000, 5_400_000,
  ]);
  expect([0, 90_000, 86_400_000, 93_600_000].map(showDuration)).toEqual(['0s', '1m 30s', '1d', '1d 2h']);
  for (const text of ['', '10', 'm', '1.5h', '10 m', 'x10m']) expect(() => duration(text)).toThrow('is not a duration');
});
