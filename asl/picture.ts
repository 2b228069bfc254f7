import type { ChoiceState, State, StateMachine, TaskState } from './types';

/** The machine as a Mermaid flowchart: what is on each box is what the machine says, and nothing else. */
export function machinePicture(machine: StateMachine): string {
  const lines = Object.entries(machine.States).flatMap(([name, state]) => [
    `  ${box(name, state)}`,
    ...arrows(name, state).map((arrow) => `  ${arrow}`),
  ]);
  return ['flowchart TD', `  start([event]) --> ${machine.StartAt}`, ...lines].join('\n');
}

function box(name: string, state: State): string {
  switch (state.Type) {
    case 'Task':
      return `${name}["${[`<b>${name}</b>`, service(state), ...bounds(state)].join('<br/>')}"]`;
    case 'Choice':
      return `${name}{${name}}`;
    case 'Pass':
      return `${name}("${name}")`;
    case 'Succeed':
      return `${name}(["${name} · succeeded"])`;
    case 'Fail':
      return `${name}(["${name} · failed"])`;
  }
}

const service = ({ Resource }: TaskState): string => Resource.replace('arn:aws:states:::', '');

function bounds({ TimeoutSeconds, Retry = [] }: TaskState): string[] {
  const retries = Retry.map(
    ({ ErrorEquals, MaxAttempts = 3, IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds }) => {
      const errors = ErrorEquals.join(', ');
      if (MaxAttempts === 0) return `${errors}: no retry`;
      const most = MaxDelaySeconds === undefined ? '' : `, at most ${MaxDelaySeconds} s`;
      return `${errors}: ${MaxAttempts} retries, ${IntervalSeconds} s × ${BackoffRate}${most}`;
    },
  );
  return [...(TimeoutSeconds === undefined ? [] : [`timeout ${TimeoutSeconds} s`]), ...retries];
}

function arrows(name: string, state: State): string[] {
  if (state.Type === 'Choice') return choices(name, state);
  if (state.Type === 'Succeed' || state.Type === 'Fail') return [];
  const next = state.Next === undefined ? [] : [`${name} --> ${state.Next}`];
  const caught = state.Type === 'Task' ? (state.Catch ?? []) : [];
  return [...next, ...caught.map(({ ErrorEquals, Next }) => `${name} -. "${ErrorEquals.join(', ')}" .-> ${Next}`)];
}

function choices(name: string, { Choices, Default }: ChoiceState): string[] {
  const rules = Choices.map((rule) => {
    const value = rule.BooleanEquals ?? rule.StringEquals;
    return `${name} -- "${rule.Variable} is ${value}" --> ${rule.Next}`;
  });
  return [...rules, ...(Default === undefined ? [] : [`${name} -- otherwise --> ${Default}`])];
}
