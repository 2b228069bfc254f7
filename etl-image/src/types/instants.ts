import { parseFormat } from '@etl/pipeline/columns/dateFormat';
import { earliest, latest, type ReadDates, readDates } from './dates';
import { createFormatReader, type WrittenTime } from './formats';
import type { ColumnPlan } from './schema';
import { type Zone, zoneOf } from './zones';

/*
 * Readers of dates, times and timestamps. Dates and timestamps are in microseconds since 1970, UTC; times in
 * microseconds since midnight. All of them return undefined for an invalid value.
 */

type Reader = (text: string) => bigint | undefined;

const dayMicros = 86_400_000_000n;

/** Creates the reader of a column of type `date`, `timestamp`, `timestamptz` or `time`. */
export function createInstantReader(plan: ColumnPlan): Reader {
  const { format, timeZone } = plan.rules ?? {};
  const zone = timeZone === undefined ? undefined : zoneOf(timeZone);
  if (format === undefined) return plan.type === 'time' ? readTime : createDateReader(plan, zone);
  const parts = parseFormat(format);
  if (typeof parts === 'string') throw new Error(`the format ${format} ${parts}`); // validated with the options
  const read = createFormatReader(parts);
  return (text) => {
    const written = read(text);
    return written && fromWritten(written, plan, zone);
  };
}

/** Creates a function that returns the instant of a local time in a column's time zone; undefined without one. */
export function createZoneReader({ rules }: ColumnPlan): ((local: bigint) => bigint | undefined) | undefined {
  if (rules?.timeZone === undefined) return undefined;
  const zone = zoneOf(rules.timeZone);
  return (local) => within(instantIn(zone, local));
}

function fromWritten({ day, micros, offset }: WrittenTime, { type }: ColumnPlan, zone: Zone | undefined) {
  if (type === 'time') return BigInt(micros);
  if (type === 'date' && micros !== 0) return undefined;
  const local = BigInt(day) * dayMicros + BigInt(micros);
  if (offset === undefined && zone) return within(instantIn(zone, local));
  return within(local - BigInt(offset ?? 0) * 1_000_000n);
}

function within(micros: bigint | undefined): bigint | undefined {
  return micros === undefined || micros < earliest || micros > latest ? undefined : micros;
}

function instantIn(zone: Zone, local: bigint): bigint | undefined {
  // Rounded down, also before 1970.
  const fraction = ((local % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const instant = zone.instantOf(Number((local - fraction) / 1_000_000n));
  return instant === undefined ? undefined : BigInt(instant) * 1_000_000n + fraction;
}

function createDateReader({ type, dateOrder }: ColumnPlan, zone: Zone | undefined): Reader {
  const read = (dates: ReadDates): bigint | undefined => dates.ymd ?? dates[dateOrder];
  if (type !== 'timestamptz') {
    return (text) => {
      const dates = readDates(text);
      return type === 'date' && !dates.wholeDay ? undefined : read(dates);
    };
  }
  return (text) => {
    const dates = readDates(text);
    const micros = read(dates);
    if (dates.zoned || micros === undefined) return micros;
    return zone && within(instantIn(zone, micros));
  };
}

const time = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?$/;

function readTime(text: string): bigint | undefined {
  const [found, hours, minutes, seconds = '0', fraction = ''] = time.exec(text) ?? [];
  if (found === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  if (/[1-9]/.test(fraction.slice(6))) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(whole) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}
