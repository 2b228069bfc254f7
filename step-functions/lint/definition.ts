import { type Fields, isFields } from '../definition/fields';

/** A state machine. */
export interface Definition {
  readonly startAt: string;
  readonly states: Readonly<Record<string, Fields>>;
  /** Query language of states that do not set their own: JSONPath or JSONata. */
  readonly queryLanguage: unknown;
  /** Timeout of the execution in seconds. */
  readonly timeoutSeconds?: unknown;
}

/** Reads a definition. Returns undefined if it has no states to check. */
export function readDefinition(machine: unknown): Definition | undefined {
  if (!isFields(machine) || !isFields(machine.States) || typeof machine.StartAt !== 'string') return undefined;
  const states = Object.entries(machine.States).flatMap(([name, state]) => (isFields(state) ? [[name, state]] : []));
  return {
    startAt: machine.StartAt,
    states: Object.fromEntries(states),
    queryLanguage: machine.QueryLanguage ?? 'JSONPath',
    timeoutSeconds: machine.TimeoutSeconds,
  };
}

/** Returns whether a state uses JSONPath. Its own `QueryLanguage` takes precedence over the machine's. */
export const usesJsonPath = (machine: Definition, state: Fields): boolean =>
  (state.QueryLanguage ?? machine.queryLanguage) !== 'JSONata';

/** Returns the states of the given types with their names. */
export function statesOf(machine: Definition, ...types: string[]): [string, Fields][] {
  return Object.entries(machine.states).filter(([, { Type }]) => types.includes(String(Type)));
}

/** Returns the Task states with their names. */
export const tasksOf = (machine: Definition): [string, Fields][] => statesOf(machine, 'Task');

/** Returns a task's `Resource`, or an empty string if it has none. */
export const resourceOf = ({ Resource }: Fields): string => (typeof Resource === 'string' ? Resource : '');

/** Blanks the names in substitutions: `AWS::Partition` contains the separator of an ARN. */
const withoutNames = (resource: string): string => resource.replace(/\$\{[^}]*\}?/g, '<>');

/**
 * Returns `ecs:runTask.sync` for `arn:aws:states:::ecs:runTask.sync`. Returns undefined if the resource is not a
 * service integration, or is known only after deployment.
 */
export function integrationOf(state: Fields): string | undefined {
  const resource = withoutNames(resourceOf(state));
  const integration = /^arn:(?:aws[a-z-]*|<>):states:[^:]*:[^:]*:(?!activity:)(.+)$/.exec(resource)?.[1];
  return integration?.includes('<>') ? undefined : integration;
}

/** Returns what a state sends: `Parameters` with JSONPath, `Arguments` with JSONata. */
export const sentBy = (state: Fields): unknown => state.Parameters ?? state.Arguments;
