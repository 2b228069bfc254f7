import { offsetMinutes } from '@etl/lib/timeZones';
import { type ClockChange, clockChanges, minutesOfDay, type WallTime } from '@etl/pipeline/calendar/wallTime';

/** Zones whose clocks agree over a span of years. */
export interface ZoneGroup {
  /** A member of the group. */
  readonly zone: string;
  readonly zones: readonly string[];
  readonly offset: number;
  readonly changes: readonly ClockChange[];
}

/** Groups every zone of the IANA database by its clock changes between the starts of two years. */
export function zonesByClockChanges(fromYear: number, toYear: number): ZoneGroup[] {
  const [from, to] = [Date.UTC(fromYear, 0), Date.UTC(toYear, 0)];
  const groups = new Map<string, ZoneGroup>();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const changes = clockChanges(zone, from, to);
    const offset = offsetMinutes(zone, from);
    const key = JSON.stringify([offset, changes]);
    const zones = [...(groups.get(key)?.zones ?? []), zone];
    groups.set(key, { zone: zones[0] ?? zone, zones, offset, changes });
  }
  return [...groups.values()];
}

const step = 15;
const around = 2 * 60;

/** Returns quarter hours from two hours before to two hours after the wall times of the changes, ascending. */
export function criticalTimes(changes: readonly ClockChange[]): WallTime[] {
  const times = changes.flatMap(({ at, before, after }) =>
    [before, after].flatMap((offset) => {
      const shown = at / 60_000 + offset;
      return Array.from({ length: (2 * around) / step }, (_, index) => shown - around + index * step);
    }),
  );
  const wrapped = times.map((time) => ((time % minutesOfDay) + minutesOfDay) % minutesOfDay);
  return [...new Set(wrapped)].sort((a, b) => a - b);
}
