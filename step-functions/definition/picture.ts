import { box, endBox, flowchartHead, pace } from './mermaid';
import { ranks } from './ranks';
import type { ChoiceState, PassState, Retrier, State, StateMachine, TaskState } from './types';

/** Returns the machine as a Mermaid flowchart. Each box shows only fields of its state's definition. */
export function machinePicture(machine: StateMachine): string {
  const rank = ranks(machine);
  const lines = Object.entries(machine.States).flatMap(([name, state]) => [
    `  ${boxOf(name, state)}`,
    ...arrows(name, state, rank).map((arrow) => `  ${arrow}`),
  ]);
  return [...flowchartHead, `  start([event]) --> ${machine.StartAt}`, ...lines].join('\n');
}

function boxOf(name: string, state: State): string {
  switch (state.Type) {
    case 'Task':
      return box(name, name, [`${service(state)}, timeout ${state.TimeoutSeconds} s`, ...retries(state)]);
    case 'Choice':
      return `${name}{${name}}`;
    case 'Pass':
      return `${name}("${[name, ...noted(state)].join('<br/>')}")`;
    case 'Succeed':
      return endBox(name, name, 'SUCCEEDED', 'succeeded');
    case 'Fail':
      return endBox(name, name, 'FAILED', 'failed');
  }
}

const service = ({ Resource }: TaskState): string => Resource.replace('arn:aws:states:::', '');

/** Returns the literals that a state adds to the data. */
function noted({ Parameters = {} }: PassState): string[] {
  return Object.entries(Parameters).flatMap(([key, value]) =>
    typeof value === 'string' && !key.endsWith('.$') ? [`${key}: ${value}`] : [],
  );
}

/** Groups errors with the same backoff on one line. */
function retries({ Retry = [] }: TaskState): string[] {
  const byPace = new Map<string, string[]>();
  for (const retrier of Retry) {
    const waits = waitsOf(retrier);
    byPace.set(waits, [...(byPace.get(waits) ?? []), attemptsOf(retrier)]);
  }
  return [...byPace].flatMap(([waits, attempts]) => [...attempts, ...(waits === '' ? [] : [`waits ${waits}`])]);
}

/** @see Amazon States Language, "Retrying after error", for the defaults */
function attemptsOf({ ErrorEquals, MaxAttempts = 3 }: Retrier): string {
  const errors = ErrorEquals.join(', ');
  return MaxAttempts === 0 ? `no retry on ${errors}` : `${MaxAttempts} retries on ${errors}`;
}

function waitsOf({ MaxAttempts, IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds }: Retrier): string {
  return MaxAttempts === 0 ? '' : pace(IntervalSeconds, BackoffRate, MaxDelaySeconds);
}

function arrows(name: string, state: State, rank: ReadonlyMap<string, number>): string[] {
  if (state.Type === 'Choice') return choices(name, state);
  if (state.Type === 'Succeed' || state.Type === 'Fail') return [];
  const { Next } = state;
  // Places the Pass state of a failure below the state that failed, instead of in one long row with all others.
  const steps = state.Type === 'Pass' && Next !== undefined ? (rank.get(Next) ?? 0) - (rank.get(name) ?? 0) : 1;
  const arrow = `${'-'.repeat(Math.max(steps, 1))}->`;
  const caught = state.Type === 'Task' ? (state.Catch ?? []) : [];
  // A Catch with the same target as `Next` shares its arrow.
  const harmless = caught.filter((catcher) => catcher.Next === Next).flatMap(({ ErrorEquals }) => ErrorEquals);
  const label = harmless.length === 0 ? '' : `-- "done, or ${harmless.join(', ')}" `;
  return [
    ...(Next === undefined ? [] : [`${name} ${label}${arrow} ${Next}`]),
    ...caught
      .filter((catcher) => catcher.Next !== Next)
      .map((catcher) => `${name} -. "${catcher.ErrorEquals.join(', ')}" .-> ${catcher.Next}`),
  ];
}

function choices(name: string, { Choices, Default }: ChoiceState): string[] {
  const rules = Choices.map(
    ({ Variable, BooleanEquals, Next }) => `${name} -- "${Variable} is ${BooleanEquals}" --> ${Next}`,
  );
  return [...rules, ...(Default === undefined ? [] : [`${name} -- otherwise --> ${Default}`])];
}
