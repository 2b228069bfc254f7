import { offsetMinutes, wallClock } from '@etl/lib/timeZones';
import { clockChanges, instantsOf, minutesOfDay } from '@etl/pipeline/calendar/wallTime';
import { randomFrom } from '../../support/random';

const minute = 60_000;
const [from, to] = [Date.UTC(2026, 0), Date.UTC(2036, 0)];
const zones = Intl.supportedValuesOf('timeZone');

test('the offset of a zone follows from its clock changes at every instant', () => {
  const random = randomFrom(20260208);
  for (let round = 0; round < 60; round++) {
    const zone = random.pick(zones);
    const changes = clockChanges(zone, from, to);
    const offsetAt = (at: number) =>
      changes.filter((change) => change.at <= at).at(-1)?.after ?? offsetMinutes(zone, from);
    const probes = Array.from({ length: 40 }, () => from + random.below((to - from) / minute) * minute);
    for (const at of [...probes, ...changes.flatMap((change) => [change.at - minute, change.at])]) {
      expect([zone, at, offsetAt(at)]).toEqual([zone, at, offsetMinutes(zone, at)]);
    }
  }
});

test('the instants of a wall time are all that show it', () => {
  const random = randomFrom(7);
  for (let round = 0; round < 60; round++) {
    const zone = random.pick(zones);
    const change = random.pick(clockChanges(zone, from, to));
    const near = (change?.at ?? from) + (random.below(240) - 120) * minute;
    const shown = wallClock(zone, near) + (change && random.chance(0.5) ? random.below(90) * minute : 0);
    // Local time differs from UTC by at most 14 hours.
    const all = Array.from({ length: 28 * 60 + 1 }, (_, index) => shown + (index - 14 * 60) * minute);
    const expected = all.filter((instant) => wallClock(zone, instant) === shown);
    const day = new Date(shown).toISOString().slice(0, 10);
    const time = (shown / minute) % minutesOfDay;
    expect([zone, day, time, instantsOf(zone, day, time)]).toEqual([zone, day, time, expected]);
  }
});
