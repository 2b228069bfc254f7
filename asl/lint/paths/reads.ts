import { type Fields, fieldsOf, isFields } from '../../fields';
import { type Path, parsePath, pathsIn, pathsInTemplate } from './expressions';
import { refined } from './presence';
import { at, type Shape } from './shape';
import { answerOf, combined, selectedInput } from './transfer';

/** A path that a state reads, and what it reads it from. */
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

/** All that a state with JSONPath reads of its data. */
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
    ...template('ResultSelector', answerOf(state)),
    ...pathFields.flatMap((field) => single(field, effective)),
    ...(state.Type === 'Choice' ? choiceReads(fieldsOf(state.Choices), effective) : []),
    ...single('OutputPath', combined(state, input)),
  ];
}

/** Rules are looked at in their order: each one knows that those before it do not hold. */
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
  // To ask whether something is there is no reading of it.
  const own = typeof Variable === 'string' && !('IsPresent' in rule) && !Variable.startsWith('$$');
  const paths = [...(own ? [parsePath(Variable)] : []), ...compared];
  const all = fieldsOf(And);
  const asked = all.reduce((shape, each) => refined(shape, each, true), input);
  return [
    ...paths.map((path) => ({ field: 'Choices', path, from: input })),
    ...all.flatMap((each) => readsInRule(each, asked)),
    ...choiceReads(fieldsOf(Or), input),
    ...(isFields(Not) ? readsInRule(Not, input) : []),
  ];
}

/** Whether what is read has been written, as far as is known. */
export const isThere = ({ path, from }: Read): boolean => at(from, path.names) !== undefined;
