import { compilePattern } from '@etl/pipeline/quality/pattern';
import type { RuleOf } from '@etl/pipeline/quality/rules';
import type { Value } from '../../types/reader';
import type { ColumnPlan } from '../../types/schema';
import { countIf, type Metric, sum } from '../metric';
import { createBoundParser, createLiteralParser, createTexts } from '../values';

type Test = (value: Value) => boolean;

/** Maximum length of a text that a pattern is applied to, in characters. A longer text is invalid. */
export const longestMatched = 64 * 1024;

/** Number of values that contradict a bound, a list, a pattern or a length. Nulls are valid. */
export const invalidValues: Metric<'invalidValues'> = {
  measure: (rule, plan, column) => {
    const unordered = unorderedBound(rule, plan);
    if (unordered !== undefined) return { kind: 'notEvaluable', reason: unordered };
    const tests = [...boundTests(rule, plan), ...listTests(rule, plan), ...textTests(rule, plan)];
    return { kind: 'values', column, start: () => countIf((value) => tests.some((passes) => !passes(value)), false) };
  },
  merge: sum,
};

/** Returns why `min` or `max` does not apply to a column. */
function unorderedBound(rule: RuleOf<'invalidValues'>, plan: ColumnPlan): string | undefined {
  const parse = createBoundParser(plan);
  const wrong = (['min', 'max'] as const).find((key) => rule[key] !== undefined && parse(rule[key]) === undefined);
  return wrong && `${plan.name} is of type ${plan.type}, to which its ${wrong} does not apply`;
}

function boundTests({ min, max }: RuleOf<'invalidValues'>, plan: ColumnPlan): Test[] {
  const parse = createBoundParser(plan);
  const [from, to] = [min, max].map((bound) => (bound === undefined ? undefined : parse(bound)));
  return [
    ...(from === undefined ? [] : [(value: Value) => value >= from]),
    ...(to === undefined ? [] : [(value: Value) => value <= to]),
  ];
}

function listTests({ allowed }: RuleOf<'invalidValues'>, plan: ColumnPlan): Test[] {
  if (allowed === undefined) return [];
  const parse = createLiteralParser(plan);
  const values = new Set(allowed.map(parse));
  return [(value) => values.has(value)];
}

function textTests({ pattern, minLength, maxLength }: RuleOf<'invalidValues'>, plan: ColumnPlan): Test[] {
  const textOf = createTexts(plan);
  const tests: Test[] = [];
  if (pattern !== undefined) {
    const matches = compilePattern(pattern);
    tests.push((value) => {
      const text = textOf(value);
      return text.length <= longestMatched && matches(text);
    });
  }
  if (minLength !== undefined || maxLength !== undefined) {
    const [least, most] = [minLength ?? 0, maxLength ?? Number.POSITIVE_INFINITY];
    tests.push((value) => {
      const length = lengthOf(textOf(value));
      return length >= least && length <= most;
    });
  }
  return tests;
}

/** Returns the number of Unicode characters. */
function lengthOf(text: string): number {
  let { length } = text;
  for (let at = 0; at + 1 < text.length; at++) {
    const [high, low] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) length--;
  }
  return length;
}
