import { decimalOf, kindOf } from '@etl/pipeline/columns/types';
import { evidenceOfMark, readDecimal } from './decimals';
import { type Evidence, noEvidence } from './evidence';
import { createUngroup, markBeside, withoutSeparators } from './grouping';
import { createInstantReader } from './instants';
import { nullWords } from './nullWords';
import { readDouble, readInteger } from './numbers';
import { type ColumnPlan, wantsDates } from './schema';
import { evidenceOf, readBoolean, trimSpaces } from './texts';

/*
 * The rules of docs/csv.md for the values of a column, which every engine follows. The kernel parses the common forms
 * itself (assembly/plain.ts) and delegates the others to this module.
 */

/** A value as stored. Decimals are unscaled integers. */
export type Value = string | bigint | number | boolean;

/** Returns null for an empty text or a word for null, undefined for an invalid value. */
export type Reader = (raw: string) => Value | null | undefined;

/** Creates the reader of a column. */
export function createReader(plan: ColumnPlan): Reader {
  const { trim, nullValues } = plan.rules ?? {};
  const kind = kindOf(plan.type);
  const verbatim = kind === 'text' || kind === 'json';
  const nulls = nullValues || verbatim ? new Set(['', ...(nullValues ?? [])]) : nullWords;
  const trimmed = kind !== 'text' ? trimSpaces : trim ? (text: string) => text.trim() : (text: string) => text;
  const parse = createParser(plan);
  return (raw) => {
    if (raw === '') return null;
    const text = trimmed(raw);
    return nulls.has(text) ? null : parse(text);
  };
}

function createParser(plan: ColumnPlan): (text: string) => Value | undefined {
  const { type, decimal: mark, rules = {} } = plan;
  const kind = kindOf(type);
  switch (kind) {
    case 'text':
      return (text) => text;
    case 'json':
      return (text) => (isJson(text) ? text : undefined);
    case 'boolean': {
      const { trueValues, falseValues } = rules;
      if (!trueValues || !falseValues) return readBoolean;
      const values = new Map([
        ...trueValues.map((text) => [text, true] as const),
        ...falseValues.map((text) => [text, false] as const),
      ]);
      return (text) => values.get(text);
    }
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return createInstantReader(plan);
    case 'integer':
      return grouped(plan, whole(rules.decimal, readInteger));
    case 'int32':
      return grouped(plan, whole(rules.decimal, readInt32));
    case 'double':
      return grouped(plan, (text) => readDouble(text, mark));
    case 'decimal': {
      const shape = decimalOf(type);
      if (!shape) throw new Error(`${type} is not a decimal`);
      return grouped(plan, (text) => readDecimal(text, mark, shape));
    }
  }
}

function grouped<Parsed>({ decimal, rules }: ColumnPlan, parse: (text: string) => Parsed | undefined) {
  if (rules?.thousands === undefined) return parse;
  const ungroup = createUngroup(rules.thousands, decimal);
  return (text: string): Parsed | undefined => {
    const plain = ungroup(text);
    return plain === undefined ? undefined : parse(plain);
  };
}

/** With a declared decimal mark, an integer may have a fraction of zeros. */
function whole(mark: '.' | ',' | undefined, parse: (text: string) => bigint | undefined) {
  if (mark === undefined) return parse;
  const zeros = new RegExp(`[${mark}]0+$`);
  return (text: string): bigint | undefined => parse(text.includes(mark) ? text.replace(zeros, '') : text);
}

function readInt32(text: string): bigint | undefined {
  const value = readInteger(text);
  return value !== undefined && BigInt.asIntN(32, value) === value ? value : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Creates a function that returns the evidence of a text. Undefined for a column whose values are not examined, because
 * they change neither its plan nor its warnings.
 */
export function createExaminer(plan: ColumnPlan): ((raw: string) => Evidence) | undefined {
  const { type, rules = {}, watch } = plan;
  const wanted = { dates: wantsDates(plan) };
  const all = (raw: string): Evidence => evidenceOf(raw, wanted);
  switch (kindOf(type)) {
    case 'text':
      return watch === 'nothing' ? undefined : all;
    case 'int32':
    case 'time':
    case 'json':
      return undefined;
    case 'integer':
    case 'boolean':
      return plan.rules ? undefined : all;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return rules.format === undefined ? all : undefined;
    case 'double':
    case 'decimal': {
      const { decimal, thousands } = rules;
      if (decimal !== undefined || markBeside(thousands) !== undefined) return undefined;
      const plain = (raw: string): string => (thousands ? withoutSeparators(raw, thousands) : raw);
      if (type === 'double') return (raw) => all(plain(raw));
      return (raw) => {
        const text = trimSpaces(plain(raw));
        return raw === '' || nullWords.has(text) ? noEvidence : { ...noEvidence, ...evidenceOfMark(text) };
      };
    }
  }
}

/**
 * Returns whether only `createReader` knows a column's rules, so that the kernel cannot parse values itself. It reads
 * local times, which `createZoneReader` makes instants.
 */
export function hasOwnRules({ type, rules = {} }: ColumnPlan): boolean {
  const { required: _, timeZone: __, decimal, ...others } = rules;
  const integer = type === 'integer' || type === 'int32';
  return (
    (integer && decimal !== undefined) || Object.values(others).some((rule) => rule !== undefined && rule !== false)
  );
}
