import { cronTimetable, everyDay, timeOfDay } from '@etl/pipeline/calendar/timetable';
import type { CalendarSpec, ScheduleSpec, ScheduleSpecDescription } from '@temporalio/client';
import { decodeScheduleSpec, encodeScheduleSpec } from '@temporalio/client/lib/schedule-helpers';
import { describeTimes, timetableOf } from '../../../cli/schedule/readSpec';
import { scheduleSpec } from '../../../cli/schedule/spec';

/** Returns the spec as the server returns it. */
const stored = (spec: ScheduleSpec): ScheduleSpecDescription => decodeScheduleSpec(encodeScheduleSpec(spec));
const daily = (...times: string[]) => ({ ...everyDay, times: times.map(timeOfDay) });

test.each([
  ['30 2 * * *', 'Europe/Madrid'],
  ['30 2 * * 1-5', 'Europe/Madrid'],
  ['0 0 * * sun', 'America/Havana'],
  ['*/15 1-3 * * sun', 'Europe/Madrid'],
  ['*/15 * * * *', 'Africa/Casablanca'],
  ['15 4 1,15 mar-nov *', 'Australia/Lord_Howe'],
  ['0 4 29 2 *', 'UTC'],
])('the timetable of %s in %s is read from its spec', (expression, zone) => {
  const timetable = cronTimetable(expression);
  expect(timetableOf(stored(scheduleSpec(timetable, zone, '2026-11-26', 0)))).toEqual(timetable);
});

describe('a spec of an earlier version', () => {
  const sunday = { dayOfMonth: { start: 25, end: 31 }, dayOfWeek: 'SUNDAY' } as const;
  const moved: CalendarSpec = { ...sunday, month: 'MARCH', comment: 'the clocks are changed: 03:30 instead of 02:30' };
  const spec: ScheduleSpec = {
    timezone: 'Europe/Madrid',
    calendars: [
      { hour: [2], minute: [30], dayOfWeek: ['SUNDAY', 'SATURDAY'], comment: 'at 02:30 on sun, sat' },
      { hour: 3, minute: 30, ...moved },
    ],
    skip: [{ hour: 2, minute: 30, ...moved }],
  };

  test('has its timetable in the calendars', () => {
    expect(timetableOf(stored(spec))).toEqual({ ...daily('02:30'), daysOfWeek: [0, 6] });
    expect(describeTimes(stored(spec))).toEqual(['at 02:30 on sun, sat']);
  });
});

test('a spec of another origin has a description, but no timetable', () => {
  const spec = stored({ calendars: [{ hour: 4, minute: 15 }], intervals: [{ every: '90m' }] });
  expect(timetableOf(spec)).toBeUndefined();
  expect(describeTimes(spec)).toEqual(['at 04:15', 'every 1h 30m']);
});
