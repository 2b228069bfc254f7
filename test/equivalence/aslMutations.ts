import { hasSinksName, lateConfirmName, stateNames } from '../../step-functions/definition/names';
import { reached } from '../../step-functions/definition/transitions';
import type { State, StateMachine } from '../../step-functions/definition/types';

/** A change of the state machine that makes it differ from the workflow. */
export interface AslMutation {
  readonly name: string;
  readonly change: (machine: StateMachine) => StateMachine;
}

type Fields = Record<string, unknown>;

const of = (state: string, change: (state: Fields) => Fields) => (machine: StateMachine) => {
  const found = machine.States[state];
  if (!found) throw new Error(`no state ${state}`);
  return { ...machine, States: { ...machine.States, [state]: change(found as unknown as Fields) as unknown as State } };
};

const set = (state: string, fields: Fields) => of(state, (each) => ({ ...each, ...fields }));
const without = (state: string, field: string) => of(state, ({ [field]: _, ...rest }) => rest);
const first = <T>(list: unknown, change: (item: T) => T): T[] =>
  (list as T[]).map((item, index) => (index === 0 ? change(item) : item));
const last = <T>(list: unknown, change: (item: T) => T): T[] =>
  first<T>([...(list as T[])].reverse(), change).reverse();
const lastRetry = (state: string, fields: Fields) =>
  of(state, (each) => ({ ...each, Retry: last<Fields>(each.Retry, (retrier) => ({ ...retrier, ...fields })) }));
const firstRetry = (state: string, fields: Fields) =>
  of(state, (each) => ({ ...each, Retry: first<Fields>(each.Retry, (retrier) => ({ ...retrier, ...fields })) }));
const lastCatch = (state: string, fields: Fields) =>
  of(state, (each) => ({ ...each, Catch: last<Fields>(each.Catch, (catcher) => ({ ...catcher, ...fields })) }));
const firstCatch = (state: string, fields: Fields) =>
  of(state, (each) => ({ ...each, Catch: first<Fields>(each.Catch, (catcher) => ({ ...catcher, ...fields })) }));
const text = (state: string, from: string, to: string) =>
  of(state, (each) => JSON.parse(JSON.stringify(each).replace(from, () => to)) as Fields);

const s = stateNames;
const tasks = [
  s.validate,
  s.transform,
  s.confirm,
  s.sinks,
  s.notifySuccess,
  s.notifyInvalid,
  s.notifyFailure,
  s.keepInvalid,
  s.keepFailed,
];
const calls = tasks.filter((name) => name !== s.transform);

/** Mutations of every kind: each one once, or in every state where it is possible. */
export const aslMutations: readonly AslMutation[] = [
  ...tasks.map((name) => ({ name: `${name}: another timeout`, change: set(name, { TimeoutSeconds: 59 }) })),
  ...calls.flatMap((name) => [
    { name: `${name}: another interval`, change: lastRetry(name, { IntervalSeconds: 2 }) },
    { name: `${name}: one attempt less`, change: lastRetry(name, { MaxAttempts: 12 }) },
    { name: `${name}: another backoff`, change: lastRetry(name, { BackoffRate: 1.5 }) },
    { name: `${name}: another longest wait`, change: lastRetry(name, { MaxDelaySeconds: 60 }) },
    { name: `${name}: no retry`, change: without(name, 'Retry') },
    { name: `${name}: nothing is caught`, change: without(name, 'Catch') },
  ]),
  { name: 'the task is relaunched after 30 s', change: lastRetry(s.transform, { IntervalSeconds: 30 }) },
  { name: 'the task is relaunched three times', change: lastRetry(s.transform, { MaxAttempts: 3 }) },
  { name: 'the task is relaunched once', change: lastRetry(s.transform, { MaxAttempts: 1 }) },
  { name: 'the task is relaunched without backoff', change: lastRetry(s.transform, { BackoffRate: 1 }) },
  { name: 'a timeout of the task is retried', change: firstRetry(s.transform, { MaxAttempts: 1 }) },
  {
    name: 'a timeout of the task is an ordinary failure',
    change: firstCatch(s.transform, { Next: 'TransformFailed' }),
  },
  { name: 'a missing commit is retried', change: firstRetry(s.confirm, { MaxAttempts: 2 }) },
  { name: 'a missing commit has another error name', change: firstCatch(s.confirm, { ErrorEquals: ['CommitLost'] }) },
  { name: 'a missing commit is delivered', change: firstCatch(s.confirm, { Next: s.notifySuccess }) },
  {
    name: 'a timeout is reported without reading the commit log',
    change: firstCatch(s.transform, { Next: 'TransformTimedOut' }),
  },
  {
    name: 'a missing commit after a timeout is delivered',
    change: lastCatch(lateConfirmName, { Next: s.notifySuccess }),
  },
  { name: 'the commit is not checked', change: set(s.transform, { Next: s.notifySuccess }) },
  { name: 'failed validation is invalid input', change: lastCatch(s.validate, { Next: s.notifyInvalid }) },
  { name: 'a failed confirmation is a missing commit', change: lastCatch(s.confirm, { Next: 'CommitMissing' }) },
  { name: 'invalid input is transformed', change: set('IsValid', { Default: s.transform }) },
  {
    name: 'valid input is transformed only if it is invalid',
    change: of('IsValid', (each) => ({
      ...each,
      Choices: first<Fields>(each.Choices, (rule) => ({ ...rule, BooleanEquals: false })),
    })),
  },
  {
    name: 'sinks are skipped',
    change: of(hasSinksName, (each) => ({
      ...each,
      Choices: first<Fields>(each.Choices, (rule) => ({ ...rule, Next: s.notifySuccess })),
    })),
  },
  {
    name: 'only a batch without sinks applies them',
    change: of(hasSinksName, (each) => ({
      ...each,
      Choices: first<Fields>(each.Choices, (rule) => ({ ...rule, BooleanEquals: false })),
    })),
  },
  { name: 'sinks that are not done are not repeated', change: firstRetry(s.sinks, { MaxAttempts: 0 }) },
  { name: 'sinks are repeated after 30 s', change: firstRetry(s.sinks, { IntervalSeconds: 30 }) },
  { name: 'a sink that lacks the commit is a success', change: firstCatch(s.sinks, { Next: s.notifySuccess }) },
  { name: 'an unknown sink is a success', change: lastCatch(s.sinks, { Next: s.notifySuccess }) },
  { name: 'another failure type of a sink', change: text('SinkFailed', '"SinkFailed"', '"TaskFailed"') },
  { name: 'another failure type of unknown sinks', change: text('SinksUnknown', '"SinkFailed"', '"TaskFailed"') },
  { name: 'no success message', change: set(hasSinksName, { Default: s.delivered }) },
  { name: 'no letter for a failed run', change: set(s.notifyFailure, { Next: s.failed }) },
  { name: 'no letter for invalid input', change: set(s.notifyInvalid, { Next: s.invalidInput }) },
  { name: 'no letter after a failed alert', change: lastCatch(s.notifyFailure, { Next: s.failed }) },
  {
    name: 'the letter precedes the alert',
    change: (machine) =>
      set(s.keepFailed, { Next: s.notifyFailure })(
        set(s.notifyFailure, { Next: s.failed })(set('TransformFailed', { Next: s.keepFailed })(machine)),
      ),
  },
  { name: 'a failed run ends as succeeded', change: set(s.keepFailed, { Next: s.delivered }) },
  { name: 'invalid input ends as succeeded', change: set(s.keepInvalid, { Next: s.delivered }) },
  { name: 'a message that cannot be sent fails the run', change: lastCatch(s.notifySuccess, { Next: s.failed }) },
  { name: 'another wording of success', change: text(s.notifySuccess, 'ETL completado para', 'ETL terminado para') },
  {
    name: 'another wording of invalid input',
    change: text(s.notifyInvalid, 'Datos de entrada inválidos', 'Datos inválidos'),
  },
  {
    name: 'another wording of a failure',
    change: text(s.notifyFailure, 'ETL FALLIDO: {}\\n', 'ETL FALLIDO {}\\n'),
  },
  {
    name: 'success is published to the alerts topic',
    change: text(s.notifySuccess, 'SuccessTopicArn', 'AlertsTopicArn'),
  },
  {
    name: 'alerts are published to the success topic',
    change: text(s.notifyFailure, 'AlertsTopicArn', 'SuccessTopicArn'),
  },
  {
    name: 'invalid input is published to the success topic',
    change: text(s.notifyInvalid, 'AlertsTopicArn', 'SuccessTopicArn'),
  },
  { name: 'the validation is lost with the task', change: without(s.transform, 'ResultPath') },
  { name: 'the validation is lost with the commit', change: without(s.confirm, 'ResultPath') },
  { name: 'the failure is lost with the alert', change: without(s.notifyFailure, 'ResultPath') },
  {
    name: 'the failure is lost with an alert that failed',
    change: of(s.notifyFailure, (each) => ({
      ...each,
      Catch: last<Fields>(each.Catch, ({ ResultPath: _, ...rest }) => rest),
    })),
  },
  {
    name: 'an error is added to an event that is not an object',
    change: lastCatch(s.validate, { ResultPath: '$.error' }),
  },
  { name: 'another failure type of a task', change: text('TransformFailed', 'TaskFailed', 'States.TaskFailed') },
  { name: 'another failure type of a timeout', change: text('TransformTimedOut', 'Timeout', 'TaskFailed') },
  {
    name: 'another failure type of a confirmation',
    change: text('ConfirmationFailed', 'ServiceUnavailable', 'CommitMissing'),
  },
  { name: 'another failure type of a superseded run', change: text('Superseded', '"Superseded"', '"CommitMissing"') },
  { name: 'another failure type of invalid input', change: set(s.invalidInput, { Error: 'BadData' }) },
  {
    name: 'one failure type for all failures',
    change: of(s.failed, ({ ErrorPath: _, ...rest }) => ({ ...rest, Error: 'TaskFailed' })),
  },
  { name: 'the letter has the wrong event', change: text(s.keepFailed, '$$.Execution.Input', '$.failure') },
  { name: 'the letter has the wrong type', change: text(s.keepInvalid, 'InvalidInput', 'BadData') },
  { name: 'the letter is sent to another queue', change: text(s.keepFailed, 'DeadLetterQueueUrl', 'OtherQueueUrl') },
  {
    name: 'the wrong function confirms',
    change: text(s.confirm, 'ConfirmCommitFunctionArn', 'ValidateInputFunctionArn'),
  },
  {
    name: 'the function receives another event',
    change: text(s.validate, '"event.$":"$$.Execution.Input"', '"event.$":"$$.Execution.Name"'),
  },
];

/** Returns the machine without unreachable states: a machine that contains them cannot be executed. */
export function reachable(machine: StateMachine): StateMachine {
  const kept = reached(machine.StartAt, machine.States);
  return { ...machine, States: Object.fromEntries(Object.entries(machine.States).filter(([name]) => kept.has(name))) };
}
