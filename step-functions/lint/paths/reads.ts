import { type Fields, fieldsOf, isFields } from '../../definition/fields';
import { type Path, parsePath, pathsIn, pathsInTemplate } from './expressions';
import { refined } from './presence';
import { at, type Shape } from './shape';
import { combined, resultOf, selectedInput } from './transfer';

/** A path that a state reads, with the shape it reads from. */
export interface Read {
  readonly field: string;
  readonly path: Path;
  readonly from: Shape;
}

/** Fields that hold a path or an intrinsic function. */
const pathFields = [
  ...['TimeoutSecondsPath', 'HeartbeatSecondsPath', 'SecondsPath', 'TimestampPath', 'ItemsPath', 'MaxConcurrencyPath'],
  ...['ToleratedFailureCountPath', 'ToleratedFailurePercentagePath', 'ErrorPath', 'CausePath'],
];

/** Returns everything that a JSONPath state reads from its data. */
export function readsOf(state: Fields, input: Shape): Read[] {
  const effective = selectedInput(state, input);
  const single = (field: string, from: Shape): Read[] => {
    const value = state[field];
    return typeof value === 'string' ? pathsIn(value).map((path) => ({ field, path, from })) : [];
  };
  const template = (field: string, from: Shape): Read[] =>
    pathsInTemplate(state[field]).map((path) => ({ field, path, from }));
  return [
    ...single('InputPath', input),
    ...template('Parameters', effective),
    ...template('ItemSelector', effective),
    ...template('ResultSelector', resultOf(state)),
    ...pathFields.flatMap((field) => single(field, effective)),
    ...(state.Type === 'Choice' ? choiceReads(fieldsOf(state.Choices), effective) : []),
    ...single('OutputPath', combined(state, input)),
  ];
}

/** Returns the reads of choice rules in their order. Each rule is evaluated only if the rules before it do not hold. */
function choiceReads(rules: readonly Fields[], input: Shape): Read[] {
  let known = input;
  return rules.flatMap((rule) => {
    const reads = readsInRule(rule, known);
    known = refined(known, rule, false);
    return reads;
  });
}

function readsInRule(rule: Fields, input: Shape): Read[] {
  const { Variable, And, Or, Not } = rule;
  const compared = Object.entries(rule).flatMap(([key, value]) =>
    key.endsWith('Path') && typeof value === 'string' ? pathsIn(value) : [],
  );
  // A test with `IsPresent` does not require the path.
  const own = typeof Variable === 'string' && !('IsPresent' in rule) && !Variable.startsWith('$$');
  const paths = [...(own ? [parsePath(Variable)] : []), ...compared];
  const all = fieldsOf(And);
  const narrowed = all.reduce((shape, each) => refined(shape, each, true), input);
  return [
    ...paths.map((path) => ({ field: 'Choices', path, from: input })),
    ...all.flatMap((each) => readsInRule(each, narrowed)),
    ...choiceReads(fieldsOf(Or), input),
    ...(isFields(Not) ? readsInRule(Not, input) : []),
  ];
}

/** Returns whether a path that is read may be present, as far as is known. */
export const isPresent = ({ path, from }: Read): boolean => at(from, path.names) !== undefined;
