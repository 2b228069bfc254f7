import '../../support/compiledSchema';
import type { Finding } from '../../../step-functions/lint/finding';
import { lintMachine } from '../../../step-functions/lint/lintMachine';

type Fields = Readonly<Record<string, unknown>>;

/** Returns a task without findings. */
export const task = (changes: Fields = {}): Fields => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'work', Payload: { 'any.$': '$' } },
  ResultPath: '$.task',
  TimeoutSeconds: 60,
  End: true,
  ...changes,
});

/** Returns an ECS task that runs until the container ends. */
export const containerTask = (changes: Fields = {}): Fields =>
  task({
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: { Cluster: 'etl', TaskDefinition: 'etl', LaunchType: 'FARGATE' },
    ...changes,
  });

/** Returns a Catch for all errors that leads to a state and keeps the data. */
export const catchAll = (Next: string, changes: Fields = {}): Fields => ({
  ErrorEquals: ['States.ALL'],
  ResultPath: '$.error',
  Next,
  ...changes,
});

export const failed = { Failed: { Type: 'Fail', Error: 'Failed' } };

export const machine = (states: Fields, more: Fields = {}) => ({
  StartAt: Object.keys(states)[0] ?? '',
  States: states,
  ...more,
});

/** Returns the findings of the rules for a machine of these states. */
export const lint = (states: Fields, more: Fields = {}): Finding[] =>
  lintMachine(machine(states, more)).filter(({ rule }) => rule !== 'schema');

/** Returns the findings of the rules and of the schema. */
export const lintAll = (states: Fields, more: Fields = {}): Finding[] => lintMachine(machine(states, more));

/** Matches one finding of a rule at a state with these words. */
export const finding = (rule: string, state: string, ...words: string[]) => ({
  rule,
  state,
  message: expect.stringMatching(words.map((word) => `(?=[\\s\\S]*${escaped(word)})`).join('')),
});

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
