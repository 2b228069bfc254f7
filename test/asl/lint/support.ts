import '../../support/compiledSchema';
import type { Finding } from '../../../asl/lint/finding';
import { lintMachine } from '../../../asl/lint/lintMachine';

type Fields = Readonly<Record<string, unknown>>;

/** A task that nothing is wrong with. */
export const task = (changes: Fields = {}): Fields => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'work', Payload: { 'any.$': '$' } },
  ResultPath: '$.task',
  TimeoutSeconds: 60,
  End: true,
  ...changes,
});

/** ECS's, which runs to the end of the container. */
export const containerTask = (changes: Fields = {}): Fields =>
  task({
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: { Cluster: 'etl', TaskDefinition: 'etl', LaunchType: 'FARGATE' },
    ...changes,
  });

/** A Catch of everything that leads to a state, and keeps the data. */
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

/** What the rules find in a machine of these states. */
export const lint = (states: Fields, more: Fields = {}): Finding[] =>
  lintMachine(machine(states, more)).filter(({ rule }) => rule !== 'schema');

/** The same, with what the schema says. */
export const lintAll = (states: Fields, more: Fields = {}): Finding[] => lintMachine(machine(states, more));

/** One finding of a rule at a state, with these words. */
export const finding = (rule: string, state: string, ...words: string[]) => ({
  rule,
  state,
  message: expect.stringMatching(words.map((word) => `(?=[\\s\\S]*${escaped(word)})`).join('')),
});

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
