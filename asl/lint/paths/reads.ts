import { type Fields, fieldsOf, isFields } from '../../fields';
import { type Path, parsePath, pathsIn, pathsInTemplate } from './expressions';
import { at, type Shape } from './shape';
import { answerOf, combined, presentPaths, selectedInput } from './transfer';

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
    ...(state.Type === 'Choice' ? fieldsOf(state.Choices).flatMap((rule) => choiceReads(rule, effective)) : []),
    ...single('OutputPath', combined(state, input)),
  ];
}

function choiceReads(rule: Fields, input: Shape): Read[] {
  const asked = presentPaths(rule).map((names) => names.join('.'));
  return pathsInRule(rule)
    .filter(({ names }) => !asked.includes(names.join('.')))
    .map((path) => ({ field: 'Choices', path, from: input }));
}

function pathsInRule(rule: Fields): Path[] {
  const { Variable, And, Or, Not } = rule;
  const compared = Object.entries(rule).flatMap(([key, value]) =>
    key.endsWith('Path') && typeof value === 'string' ? pathsIn(value) : [],
  );
  // To ask whether something is there is no reading of it.
  const own = typeof Variable === 'string' && !('IsPresent' in rule) && !Variable.startsWith('$$');
  return [
    ...(own ? [parsePath(Variable)] : []),
    ...compared,
    ...[...fieldsOf(And), ...fieldsOf(Or), ...(isFields(Not) ? [Not] : [])].flatMap(pathsInRule),
  ];
}

/** Whether what is read has been written, as far as is known. */
export const isThere = ({ path, from }: Read): boolean => at(from, path.names) !== undefined;
