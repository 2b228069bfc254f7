import '../../support/compiledSchema';
import { stateMachine } from '../../../step-functions/definition/machine';
import { type MachineSettings, withSubstitutions } from '../../../step-functions/definition/settings';
import { reached } from '../../../step-functions/definition/transitions';
import type { State, StateMachine, TaskState } from '../../../step-functions/definition/types';
import { type Execution, execute, type ResourceHandler } from '../../../step-functions/interpreter/interpreter';

export const settings: MachineSettings = withSubstitutions({
  functions: { validateInput: 'validate-input', confirmCommit: 'confirm-commit', applySinks: 'apply-sinks' },
});

export const generated = (): StateMachine => stateMachine(settings);

/** Changes a copy of the generated machine's states and removes unreachable ones. */
export function changed(change: (states: Record<string, TaskState>) => unknown): StateMachine {
  const { States, ...rest } = structuredClone(generated());
  const states = { ...States } as Record<string, State>;
  change(states as Record<string, TaskState>);
  const kept = reached(rest.StartAt, states);
  return { ...rest, States: Object.fromEntries(Object.entries(states).filter(([name]) => kept.has(name))) };
}

/** Returns a copy of an object without one field. */
export function without<T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = from;
  return rest;
}

export const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' };

const validAnswer = {
  valid: true,
  delivered: false,
  hasSinks: false,
  batch,
  plan: {
    source: { uri: 's3://raw/ventas/ventas_2026_02.csv', fingerprint: '"f1"' },
    replaces: '',
    declaration: '',
    destination: 's3://clean',
    chunkRows: 500_000,
    timings: { timeoutSeconds: 3600 },
  },
  options: '{}',
};
/** The answer for a batch that has sinks. */
export const validWithSinks: ResourceHandler = async () => ({ ...validAnswer, hasSinks: true });

export const appliedToGlue = { sink: 'glue', state: 'applied', commit: 1, detail: 'lago.ventas' };

const deliveredAnswer = {
  totals: { rowsRead: 3, rowsWritten: 2, rowsBlank: 1, rowsRejected: 0, datesCoerced: 0 },
  parts: 1,
  published: 's3://clean/ventas/batch_date=2026-02-08/source=ventas_2026_02',
  warnings: [],
};

/** Stand-ins for the services; each may be replaced. */
export interface Services {
  readonly validate: ResourceHandler;
  readonly runTask: ResourceHandler;
  readonly confirm: ResourceHandler;
  readonly applySinks: ResourceHandler;
  readonly publish: ResourceHandler;
  readonly send: ResourceHandler;
}

const services: Services = {
  validate: async () => validAnswer,
  runTask: async () => ({ TaskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/etl/1', Containers: [{ ExitCode: 0 }] }),
  confirm: async () => deliveredAnswer,
  applySinks: async () => [appliedToGlue],
  publish: async () => ({ MessageId: 'm' }),
  send: async () => ({ MessageId: 'l' }),
};

export const runTask = 'arn:aws:states:::ecs:runTask.sync';
const waitsMadeShort = 0.001;

/** Runs a machine with services that succeed, except for the replaced ones. */
export function run(
  machine: StateMachine,
  replaced: Partial<Services> = {},
  input: unknown = { detail: { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08' } },
): Promise<Execution> {
  const all = { ...services, ...replaced };
  const functions: Readonly<Record<string, ResourceHandler>> = {
    'validate-input': all.validate,
    'confirm-commit': all.confirm,
    'apply-sinks': all.applySinks,
  };
  return execute(machine, {
    name: 'run-1',
    input,
    timeScale: waitsMadeShort,
    handlers: {
      'arn:aws:states:::lambda:invoke': async (parameters, state, signal) => {
        const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: unknown };
        return { StatusCode: 200, Payload: await functions[FunctionName]?.(Payload, state, signal) };
      },
      [runTask]: all.runTask,
      'arn:aws:states:::sns:publish': all.publish,
      'arn:aws:states:::sqs:sendMessage': all.send,
    },
  });
}

/** Returns the parameters that the attempts of a state sent to a service. */
export const sentBy = (execution: Execution, state: string): Record<string, unknown>[] =>
  execution.attempts.filter((each) => each.state === state).map(({ parameters }) => parameters as never);

export const visited = ({ states }: Execution): string[] => states.map(({ name }) => name);
