import * as z from 'zod';

const number = z.number();
const range = z.tuple([number, number]).refine(([from, to]) => from <= to, 'must have the lower bound first');

/** Operators of thresholds, in the words of the Open Data Contract Standard. A rule has at most one. */
export const operators = {
  mustBe: number.optional(),
  mustNotBe: number.optional(),
  mustBeGreaterThan: number.optional(),
  mustBeGreaterOrEqualTo: number.optional(),
  mustBeLessThan: number.optional(),
  mustBeLessOrEqualTo: number.optional(),
  mustBeBetween: range.optional(),
  mustNotBeBetween: range.optional(),
} as const;

type Operators = z.infer<z.ZodObject<typeof operators>>;
type Operator = keyof Operators;

/** An operator with its value: a number, or a range that includes its bounds. */
export interface Threshold {
  readonly operator: Operator;
  readonly value: number | readonly [number, number];
}

export const operatorNames = Object.keys(operators) as readonly Operator[];

/** Returns the operators that a rule has. */
export function operatorsOf(rule: object): Operator[] {
  return operatorNames.filter((name) => (rule as Partial<Record<Operator, unknown>>)[name] !== undefined);
}

/** Returns a rule's threshold; undefined without an operator. */
export function thresholdOf(rule: Operators): Threshold | undefined {
  const [operator] = operatorsOf(rule);
  const value = operator && rule[operator];
  return operator === undefined || value === undefined ? undefined : { operator, value };
}

/** Returns whether a value satisfies a threshold. */
export function satisfies(measured: number, { operator, value }: Threshold): boolean {
  const [from, to] = typeof value === 'number' ? [value, value] : value;
  switch (operator) {
    case 'mustBe':
      return measured === from;
    case 'mustNotBe':
      return measured !== from;
    case 'mustBeGreaterThan':
      return measured > from;
    case 'mustBeGreaterOrEqualTo':
      return measured >= from;
    case 'mustBeLessThan':
      return measured < from;
    case 'mustBeLessOrEqualTo':
      return measured <= from;
    case 'mustBeBetween':
      return measured >= from && measured <= to;
    case 'mustNotBeBetween':
      return measured < from || measured > to;
  }
}

const words: Readonly<Record<Operator, string>> = {
  mustBe: 'must be',
  mustNotBe: 'must not be',
  mustBeGreaterThan: 'must be greater than',
  mustBeGreaterOrEqualTo: 'must be at least',
  mustBeLessThan: 'must be less than',
  mustBeLessOrEqualTo: 'must be at most',
  mustBeBetween: 'must be between',
  mustNotBeBetween: 'must not be between',
};

/** Returns `must be between 50 and 150`. */
export function describeThreshold({ operator, value }: Threshold): string {
  return `${words[operator]} ${typeof value === 'number' ? value : value.join(' and ')}`;
}
