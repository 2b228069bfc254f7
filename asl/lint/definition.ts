import { type Fields, isFields, list } from '../fields';

/** A state machine, or one within a Map or Parallel state. */
export interface Definition {
  readonly startAt: string;
  readonly states: Readonly<Record<string, Fields>>;
  /** What states say that say nothing: JSONPath or JSONata. */
  readonly queryLanguage: unknown;
  /** What the outermost machine says of its execution, in seconds. */
  readonly timeoutSeconds?: unknown;
}

/** The definition, or undefined where there are no states to look at. */
export function readDefinition(
  machine: unknown,
  { queryLanguage, timeoutSeconds }: Partial<Definition> = {},
): Definition | undefined {
  if (!isFields(machine) || !isFields(machine.States) || typeof machine.StartAt !== 'string') return undefined;
  const states = Object.entries(machine.States).flatMap(([name, state]) => (isFields(state) ? [[name, state]] : []));
  return {
    startAt: machine.StartAt,
    states: Object.fromEntries(states),
    queryLanguage: machine.QueryLanguage ?? queryLanguage ?? 'JSONPath',
    timeoutSeconds: timeoutSeconds ?? machine.TimeoutSeconds,
  };
}

/** A definition and all within it. */
export function allDefinitions(machine: Definition): Definition[] {
  const inner = Object.values(machine.states).flatMap(({ Branches, ItemProcessor, Iterator, QueryLanguage }) =>
    [...list(Branches), ItemProcessor, Iterator].flatMap(
      (each) => readDefinition(each, { ...machine, queryLanguage: QueryLanguage ?? machine.queryLanguage }) ?? [],
    ),
  );
  return [machine, ...inner.flatMap(allDefinitions)];
}

/** Whether the state is written in JSONPath: by its own word, else by that of the machine around it. */
export const usesJsonPath = (machine: Definition, state: Fields): boolean =>
  (state.QueryLanguage ?? machine.queryLanguage) !== 'JSONata';

/** States of a type, with their names. */
export function statesOf(machine: Definition, ...types: string[]): [string, Fields][] {
  return Object.entries(machine.states).filter(([, { Type }]) => types.includes(String(Type)));
}

/** Task states, with their names. */
export const tasksOf = (machine: Definition): [string, Fields][] => statesOf(machine, 'Task');

/** What a task calls; empty where it says nothing. */
export const resourceOf = ({ Resource }: Fields): string => (typeof Resource === 'string' ? Resource : '');

/** Substitutions without what is in them: `AWS::Partition` has the separator of an ARN in its name. */
const withoutNames = (resource: string): string => resource.replace(/\$\{[^}]*\}?/g, '<>');

/**
 * `ecs:runTask.sync` of `arn:aws:states:::ecs:runTask.sync`; undefined for what is no integration of a service, or is known
 * only once it is deployed.
 */
export function integrationOf(state: Fields): string | undefined {
  const resource = withoutNames(resourceOf(state));
  const integration = /^arn:(?:aws[a-z-]*|<>):states:[^:]*:[^:]*:(?!activity:)(.+)$/.exec(resource)?.[1];
  return integration?.includes('<>') ? undefined : integration;
}

/** Whether a worker of one's own polls for it. */
export const isActivity = (state: Fields): boolean =>
  /^arn:[^:]+:states:[^:]*:[^:]*:activity:/.test(withoutNames(resourceOf(state)));

/** What a state sends: `Parameters` with JSONPath, `Arguments` with JSONata. */
export const sentBy = (state: Fields): unknown => state.Parameters ?? state.Arguments;
