import { type Fields, fieldsOf, isFields, texts } from '../../definition/fields';
import { type Transition, transitionsOf } from '../../definition/transitions';
import { type Definition, integrationOf, usesJsonPath } from '../definition';
import { parsePath, pathsIn } from './expressions';
import { refined } from './presence';
import { at, leaf, objectOf, put, resultShape, type Shape, unknownShape } from './shape';

export interface Flow {
  readonly to: string;
  readonly transition: Transition;
  readonly data: Shape;
}

/**
 * Returns the shape of a caught error. An error that a function has thrown has a `Cause`; any other, such as a timeout,
 * may lack it. The names of the service's own errors have a prefix: `States.`, `Lambda.`.
 * @see AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows"
 */
function caughtError(state: Fields, { ErrorEquals }: Fields): Shape {
  const isThrown = integrationOf(state) === 'lambda:invoke' && texts(ErrorEquals).every((name) => !name.includes('.'));
  return objectOf([['Error', unknownShape], ...(isThrown ? [['Cause', unknownShape] as const] : [])]);
}

/** Returns what a state passes to each possible next state. */
export function flows(machine: Definition, state: Fields, input: Shape): Flow[] {
  const jsonPath = usesJsonPath(machine, state);
  const output = jsonPath ? outputOf(state, input) : unknownShape;
  return transitionsOf(state).map((transition) => {
    const { to } = transition;
    if (!jsonPath) return { to, transition, data: unknownShape };
    if (transition.kind === 'catch') {
      return {
        to,
        transition,
        data: placed(transition.catcher.ResultPath, input, caughtError(state, transition.catcher)),
      };
    }
    const data = state.Type === 'Choice' ? behindRules(output, fieldsOf(state.Choices), transition) : output;
    return { to, transition, data };
  });
}

/** Returns the input that `Parameters` are evaluated against. */
export const selectedInput = ({ InputPath }: Fields, input: Shape): Shape => selected(InputPath, input);

/** Returns the data that `OutputPath` is evaluated against. */
export function combined(state: Fields, input: Shape): Shape {
  const effective = selectedInput(state, input);
  switch (state.Type) {
    case 'Pass': {
      const given = 'Parameters' in state ? templateShape(state.Parameters, effective) : effective;
      return placed(state.ResultPath, input, 'Result' in state ? literalShape(state.Result) : given);
    }
    case 'Task':
    case 'Map':
    case 'Parallel': {
      const { ResultSelector } = state;
      const result = ResultSelector === undefined ? resultOf(state) : templateShape(ResultSelector, resultOf(state));
      return placed(state.ResultPath, input, result);
    }
    default:
      return effective;
  }
}

/**
 * Returns the shape of a task's result. With a task token, an external worker supplies the result. An EKS job returns
 * `status` and `logs`.
 */
export function resultOf(state: Fields): Shape {
  const integration = integrationOf(state);
  if (integration === undefined || /\.waitForTaskToken$|^eks:runJob/.test(integration)) return unknownShape;
  return resultShape;
}

function outputOf(state: Fields, input: Shape): Shape {
  return selected(state.OutputPath, combined(state, input));
}

/** Applies `InputPath` or `OutputPath`. `null` discards everything. */
function selected(path: unknown, input: Shape): Shape {
  if (path === undefined) return input;
  if (typeof path !== 'string') return leaf;
  // A missing path is reported where it is read.
  return path.startsWith('$$') ? unknownShape : (at(input, parsePath(path).names) ?? unknownShape);
}

/** Applies `ResultPath`. Absent: the result replaces everything. `null`: the result is discarded. */
function placed(path: unknown, input: Shape, result: Shape): Shape {
  if (path === null) return input;
  return typeof path === 'string' ? put(input, parsePath(path).names, result) : result;
}

function templateShape(template: unknown, input: Shape): Shape {
  if (Array.isArray(template)) return unknownShape;
  if (!isFields(template)) return leaf;
  return objectOf(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$')
        ? [key.slice(0, -2), expressionShape(String(value), input)]
        : [key, templateShape(value, input)],
    ),
  );
}

function expressionShape(expression: string, input: Shape): Shape {
  const [only] = pathsIn(expression);
  const isPath = only !== undefined && only.text === expression && !expression.includes('[');
  return (isPath ? at(input, only.names) : undefined) ?? unknownShape;
}

function literalShape(value: unknown): Shape {
  if (Array.isArray(value)) return unknownShape;
  if (!isFields(value)) return leaf;
  return objectOf(Object.entries(value).map(([key, inner]) => [key, literalShape(inner)]));
}

/** Narrows the output by the rules that did not hold: those before the matching rule, or all of them for `Default`. */
function behindRules(output: Shape, rules: readonly Fields[], transition: Transition): Shape {
  const at = transition.kind === 'choice' ? rules.indexOf(transition.rule) : rules.length;
  const passed = rules.slice(0, at).reduce((shape, rule) => refined(shape, rule, false), output);
  return transition.kind === 'choice' ? refined(passed, transition.rule, true) : passed;
}
