import { decimalOf, kindOf } from '@etl/pipeline/columns/types';
import { createReader, type Value } from '../types/reader';
import type { ColumnPlan } from '../types/schema';

/** A value in a rule, independent of the notations of files. */
export type Literal = string | number | boolean;

/** Returns a parser of a rule's literals to stored values. Undefined for a literal that the type does not have. */
export function createLiteralParser(plan: ColumnPlan): (literal: Literal) => Value | undefined {
  const { rules: _, ...plain } = plan;
  const read = createReader({ ...plain, decimal: '.', dateOrder: 'dmy' });
  const verbatim = ['text', 'json'].includes(plan.type);
  return (literal) => (verbatim ? String(literal) : (read(String(literal)) ?? undefined));
}

/**
 * Returns a parser of bounds, which are compared with stored values. A number need not be a value of the type: an integer
 * may have the bound 0.5. Undefined for types without an order that rules use, and for literals of other types.
 */
export function createBoundParser(plan: ColumnPlan): (literal: Literal) => Value | undefined {
  const kind = kindOf(plan.type);
  if (['text', 'json', 'boolean'].includes(kind)) return () => undefined;
  const parse = createLiteralParser(plan);
  if (!['integer', 'int32', 'double', 'decimal'].includes(kind)) return parse;
  const unit = 10 ** (decimalOf(plan.type)?.scale ?? 0);
  return (literal) => {
    const number = Number(literal);
    return parse(literal) ?? (Number.isFinite(number) ? number * unit : undefined);
  };
}

const dayMs = 86_400_000;
const two = (number: number): string => String(number).padStart(2, '0');

/** Returns the text of a stored value, which patterns and lengths apply to: numbers in plain notation, dates in ISO 8601. */
export function createTexts({ type }: ColumnPlan): (value: Value) => string {
  const kind = kindOf(type);
  switch (kind) {
    case 'decimal': {
      const scale = decimalOf(type)?.scale ?? 0;
      return (value) => decimalText(BigInt(value), scale);
    }
    case 'date':
      return (value) => dayText(Number(BigInt(value) / 1000n));
    case 'time':
      return (value) => timeText(BigInt(value));
    case 'timestamp':
    case 'timestamptz':
      return (value) => {
        const micros = BigInt(value);
        const time = ((micros % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n;
        return `${dayText(Number((micros - time) / 1000n))}T${timeText(time)}${kind === 'timestamptz' ? 'Z' : ''}`;
      };
    default:
      return String;
  }
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(digits.length - scale)}` : ''}`;
}

function dayText(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / dayMs) * dayMs).toISOString().slice(0, 10);
}

function timeText(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const fraction = String(micros % 1_000_000n).padStart(6, '0');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return fraction === '000000' ? clock : `${clock}.${fraction}`;
}
