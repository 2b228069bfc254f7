import { addDays, offsetMinutes } from '@etl/lib/timeZones';
import { type ExpectedBatch, expectedBatches, tonight } from '@etl/pipeline/calendar/expected';
import type { DeclaredSchedule } from '@etl/pipeline/dataset/schedule';
import { type Random, randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';
import { zonesByClockChanges } from '../../support/timeZones';

const minute = 60_000;
const minutesOfDay = 24 * 60;
const dataset = (schedule: DeclaredSchedule) => ({ name: 'ventas', declaration: { schedule } });
const shown = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));

describe('a year, compared with a walk over each of its minutes', () => {
  const [from, to] = ['2027-01-01', '2027-12-31'] as const;
  const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

  /** Wall clock of a zone: local minutes since the epoch, for each minute of UTC in a span. */
  interface Walk {
    readonly first: number;
    readonly local: Int32Array;
    /** Minutes of UTC by local day, ascending. */
    readonly days: ReadonlyMap<string, readonly number[]>;
  }

  /** Clocks change on quarter hours only. */
  const quarter = 15;

  function walk(timeZone: string): Walk {
    const first = Date.parse(addDays(from, -5)) / minute;
    const last = Date.parse(addDays(to, 5)) / minute;
    const local = new Int32Array(last - first);
    const days = new Map<string, number[]>();
    for (let at = first; at < last; at += quarter) {
      const offset = offsetMinutes(timeZone, at * minute);
      for (let each = at; each < at + quarter; each++) {
        const wall = each + offset;
        local[each - first] = wall;
        const day = new Date(wall * minute).toISOString().slice(0, 10);
        const known = days.get(day);
        if (known) known.push(each);
        else days.set(day, [each]);
      }
    }
    return { first, local, days };
  }

  const timeAt = ({ first, local }: Walk, at: number): number => (local[at - first] ?? 0) % minutesOfDay;

  /** Returns the minute at which a day's batch starts: in an hour of which each minute occurs once. */
  function startOn(zone: Walk, day: string, at: number): number | undefined {
    const minutes = zone.days.get(day) ?? [];
    const times = minutes.map((each) => timeAt(zone, each));
    const isWhole = (time: number): boolean => {
      const hour = Math.floor(time / 60) * 60;
      return (
        times.filter((each) => each >= hour && each < hour + 60).length === 60 &&
        new Set(times.filter((each) => each >= hour && each < hour + 60)).size === 60
      );
    };
    if (isWhole(at)) return minutes[times.indexOf(at)];
    const near = [-2, -1, 0, 1].flatMap((away) => zone.days.get(addDays(day, away)) ?? []);
    const lengths = near.slice(1).flatMap((each, index) => {
      const step = (zone.local[each - zone.first] ?? 0) - (zone.local[(near[index] ?? 0) - zone.first] ?? 0) - 1;
      return step === 0 ? [] : [Math.abs(step)];
    });
    const moved = lengths.flatMap((length) => [length, 2 * length, -length, -2 * length]).map((by) => at + by);
    const time = moved.find((each) => each >= 0 && each < minutesOfDay && isWhole(each)) ?? at;
    return minutes[times.indexOf(time)];
  }

  function deadlineAfter(zone: Walk, day: string, start: number, at: number, deadline: number): number {
    const onDay = deadline > at ? day : addDays(day, 1);
    const found = (zone.days.get(onDay) ?? []).filter((each) => each > start && timeAt(zone, each) === deadline);
    const length = (deadline - at + minutesOfDay) % minutesOfDay || minutesOfDay;
    return found.at(-1) ?? start + length;
  }

  const clock = (time: number): string =>
    `${String(Math.floor(time / 60)).padStart(2, '0')}:${String(time % 60).padStart(2, '0')}`;

  function randomSchedule(random: Random, timeZone: string) {
    // Most clock changes happen at night.
    const at = random.chance(0.7) ? random.below(4 * 60) : random.below(minutesOfDay);
    const deadline = random.chance(0.5) ? (at + random.below(3 * 60)) % minutesOfDay : random.below(minutesOfDay);
    const days = random.chance(0.5) ? weekdays : weekdays.filter(() => random.chance(0.6));
    const dayOffset = -random.below(3);
    const schedule = {
      at: clock(at),
      deadline: clock(deadline),
      timeZone,
      dayOffset,
      ...(days.length > 0 && { days: days.join() }),
    };
    return { at, deadline, dayOffset, days: days.length > 0 ? days : weekdays, schedule };
  }

  const zones = zonesByClockChanges(2027, 2028).filter(({ changes }) => changes.length > 0);
  const sample = thorough ? zones : zones.filter((_, index) => index % 48 === 0);

  test.each(sample.map(({ zone }) => zone))('%s: starts and deadlines', (zone) => {
    const random = randomFrom(zones.findIndex((each) => each.zone === zone) + 1);
    const walked = walk(zone);
    for (let n = 0; n < 12; n++) {
      const { at, deadline, dayOffset, days, schedule } = randomSchedule(random, zone);
      const expected = [];
      for (let batchDate: string = from; batchDate <= to; batchDate = addDays(batchDate, 1)) {
        const day = addDays(batchDate, -dayOffset);
        if (!days.includes(weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? '')) continue;
        const start = startOn(walked, day, at);
        if (start === undefined) continue;
        const end = deadlineAfter(walked, day, start, at, deadline);
        expected.push(`${batchDate} ${shown(start * minute)} ${shown(end * minute)}`);
      }
      const found = expectedBatches(dataset(schedule), from, to).map(
        ({ batchDate, startsAt, deadlineAt }) => `${batchDate} ${shown(startsAt)} ${shown(deadlineAt)}`,
      );
      expect({ schedule, batches: found }).toEqual({ schedule, batches: expected });
    }
  });
});

const madrid = { at: '02:30', timeZone: 'Europe/Madrid', dayOffset: -1 };

test.each<[string, string, DeclaredSchedule, string, string | undefined]>([
  ['an ordinary day', '2027-02-07', { ...madrid, deadline: '06:00' }, '2027-02-08T01:30', '2027-02-08T05:00'],
  [
    'a deadline on the next day',
    '2027-02-07',
    { ...madrid, at: '23:00', deadline: '01:00' },
    '2027-02-08T22:00',
    '2027-02-09T00:00',
  ],
  [
    'a start that a clock change moves past its deadline',
    '2027-03-27',
    { ...madrid, deadline: '03:00' },
    '2027-03-28T01:30',
    '2027-03-28T02:00',
  ],
  [
    'a deadline that a clock change skips',
    '2027-03-27',
    { ...madrid, at: '01:30', deadline: '02:15' },
    '2027-03-28T00:30',
    '2027-03-28T01:15',
  ],
  [
    'a deadline that a clock change repeats: the later one',
    '2027-10-30',
    { ...madrid, at: '00:30', deadline: '02:30' },
    '2027-10-30T22:30',
    '2027-10-31T01:30',
  ],
  [
    'a cron expression: the first start of the day',
    '2027-02-08',
    { cron: '0 4,8 * * *' },
    '2027-02-08T04:00',
    undefined,
  ],
])('%s', (_what, batchDate, schedule, startsAt, deadlineAt) => {
  const [batch] = expectedBatches(dataset(schedule), batchDate, batchDate);
  expect([shown(batch?.startsAt), shown(batch?.deadlineAt)]).toEqual([startsAt, deadlineAt]);
});

test('a batch is due after its jitter and five minutes, and may still start within the catch-up window', () => {
  const [batch] = expectedBatches(dataset({ at: '02:30', jitter: '10m', catchup: '2h' }), '2027-02-08', '2027-02-08');
  expect([shown(batch?.dueAt), shown(batch?.catchUpUntil)]).toEqual(['2027-02-08T02:45', '2027-02-08T04:30']);
});

test('a dataset without a schedule expects nothing', () => {
  expect(expectedBatches({ name: 'ventas', declaration: {} }, '2027-02-08', '2027-02-09')).toEqual([]);
});

describe('tonight', () => {
  const at = (now: string, schedule: DeclaredSchedule): ExpectedBatch | undefined =>
    tonight(dataset(schedule), Date.parse(now));

  test.each<[string, string, DeclaredSchedule, string | undefined]>([
    ['in the morning', '2027-02-08T09:00Z', madrid, '2027-02-07'],
    ['in the evening', '2027-02-08T23:00Z', madrid, '2027-02-07'],
    ['just after the start', '2027-02-08T01:30Z', madrid, '2027-02-07'],
    ['on the day with 25 hours', '2027-10-31T01:00Z', { ...madrid, at: '01:30' }, '2027-10-30'],
    ['before the first start of the week', '2027-02-08T01:00Z', { ...madrid, days: 'mon' }, '2027-02-07'],
    ['in the middle of the week', '2027-02-10T12:00Z', { ...madrid, days: 'mon' }, undefined],
  ])('%s', (_what, now, schedule, batchDate) => {
    expect(at(now, schedule)?.batchDate).toBe(batchDate);
  });
});
