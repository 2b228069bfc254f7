import { type Fields, fieldsOf, isFields } from '../../definition/fields';
import { parsePath } from './expressions';
import { at, put, type Shape, unknownShape } from './shape';

type Names = readonly string[];

/** Narrows a shape by a choice rule that holds or does not hold, because the rule may test `IsPresent`. */
export function refined(input: Shape, rule: Fields, holds: boolean): Shape {
  return presentIf(rule, holds).reduce(
    (shape, names) => (at(shape, names) ? shape : put(shape, names, unknownShape)),
    input,
  );
}

/** Returns the paths that are present if a rule holds, or does not hold. */
function presentIf({ Variable, IsPresent, And, Or, Not }: Fields, holds: boolean): Names[] {
  if (isFields(Not)) return presentIf(Not, !holds);
  if (And !== undefined) return combined(fieldsOf(And), holds, holds);
  if (Or !== undefined) return combined(fieldsOf(Or), holds, !holds);
  return IsPresent === holds && typeof Variable === 'string' ? [parsePath(Variable).names] : [];
}

/** Combines the paths of several rules: `all` requires every rule, otherwise at least one. */
function combined(rules: readonly Fields[], holds: boolean, all: boolean): Names[] {
  const [first = [], ...others] = rules.map((rule) => presentIf(rule, holds));
  if (all) return [...first, ...others.flat()];
  return first.filter((names) => others.every((each) => each.some((other) => other.join('.') === names.join('.'))));
}
