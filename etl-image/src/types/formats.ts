import type { FormatPart, NumberField } from '@etl/pipeline/columns/dateFormat';
import { dayOf } from './dates';

/** A date and time as written. */
export interface WrittenTime {
  /** Days since 1970; 0 for a time without a date. */
  readonly day: number;
  /** Microseconds since midnight. */
  readonly micros: number;
  /** UTC offset in seconds; undefined without one. */
  readonly offset: number | undefined;
}

/** Digits of each field's number, by the digits of the part. */
const digitsOf = ({ digits }: { readonly digits: number }): string =>
  digits === 0 ? '(\\d{1,2})' : `(\\d{${digits}})`;

/** Creates a reader of texts in a format; it returns undefined for any other text and for dates that do not exist. */
export function createFormatReader(format: readonly FormatPart[]): (text: string) => WrittenTime | undefined {
  const shape = new RegExp(`^${format.map(shapeOf).join('')}$`);
  const groups = format.filter(({ kind }) => kind !== 'literal');
  return (text) => {
    const found = shape.exec(text);
    if (!found) return undefined;
    const numbers: Partial<Record<NumberField, number>> = {};
    let half = '';
    let offset: number | undefined;
    for (const [at, part] of groups.entries()) {
      const written = found[at + 1] ?? '';
      if (part.kind === 'half') half = written.toUpperCase();
      else if (part.kind === 'offset') offset = offsetOf(written);
      else if (part.kind === 'number') {
        const value = numberOf(written, part);
        if (value === undefined) return undefined;
        numbers[part.field] = value;
      }
    }
    if (Number.isNaN(offset)) return undefined;
    const day = numbers.year === undefined ? 0 : dayOf(numbers.year, numbers.month ?? 0, numbers.day ?? 0);
    const micros = microsOf(numbers, half);
    return day === undefined || micros === undefined ? undefined : { day, micros, offset };
  };
}

function shapeOf(part: FormatPart): string {
  switch (part.kind) {
    case 'literal':
      return part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    case 'number':
      return digitsOf(part);
    case 'half':
      return '([AaPp][Mm])';
    case 'offset': {
      const minutes = part.colon ? ':\\d{2}' : '\\d{2}';
      return `([+-]\\d{2}(?:${minutes})${part.short ? '?' : ''}${part.z ? '|Z' : ''})`;
    }
  }
}

/** Returns microseconds for a fraction, and undefined for one that microseconds cannot hold. */
function numberOf(written: string, { field, digits }: Extract<FormatPart, { kind: 'number' }>): number | undefined {
  if (field === 'fraction')
    return /[1-9]/.test(written.slice(6)) ? undefined : Number(written.slice(0, 6).padEnd(6, '0'));
  // As in java.time, two digits are a year from 2000 on.
  return field === 'year' && digits === 2 ? 2000 + Number(written) : Number(written);
}

function microsOf(numbers: Partial<Record<NumberField, number>>, half: string): number | undefined {
  const { hour, hourOfHalf, minute = 0, second = 0, fraction = 0 } = numbers;
  if (minute > 59 || second > 59) return undefined;
  if (hourOfHalf !== undefined && (hourOfHalf < 1 || hourOfHalf > 12)) return undefined;
  const hours = hourOfHalf === undefined ? (hour ?? 0) : (hourOfHalf % 12) + (half === 'PM' ? 12 : 0);
  if (hours > 23) return undefined;
  return ((hours * 60 + minute) * 60 + second) * 1_000_000 + fraction;
}

/** Returns seconds; NaN for an offset that does not exist. java.time has the same limit. */
function offsetOf(written: string): number {
  if (written === 'Z') return 0;
  const digits = written.slice(1).replace(':', '');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (minutes > 59 || hours * 60 + minutes > 18 * 60) return Number.NaN;
  return (written.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60;
}
