import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { callsOf, stepsOf, transitionsOf, visitsIn } from '../../../../step-functions/compare/ministack/history';
import { stateMachine } from '../../../../step-functions/definition/machine';
import { withSubstitutions } from '../../../../step-functions/definition/settings';

type EventContent = Omit<HistoryEvent, 'timestamp' | 'id'>;

/** Builds a history of events, each with its time in seconds. */
const history = (...events: [number, EventContent][]): HistoryEvent[] =>
  events.map(([second, event], index) => ({ ...event, id: index + 1, timestamp: new Date(second * 1000) }));

const entered = (type: 'Task' | 'Choice' | 'Fail', name: string): EventContent => ({
  type: `${type}StateEntered`,
  stateEnteredEventDetails: { name },
});
const exited = (name: string): EventContent => ({ type: 'TaskStateExited', stateExitedEventDetails: { name } });
const scheduled: EventContent = { type: 'TaskScheduled' };
const started: EventContent = { type: 'TaskStarted' };
const succeeded: EventContent = { type: 'TaskSucceeded' };
const failed = (error: string): EventContent => ({
  type: 'TaskFailed',
  taskFailedEventDetails: { error, resource: 'invoke', resourceType: 'lambda' },
});
const timedOut: EventContent = {
  type: 'TaskTimedOut',
  taskTimedOutEventDetails: { error: 'States.Timeout', resource: 'invoke', resourceType: 'lambda' },
};

describe('the history of an execution', () => {
  const visits = visitsIn(
    history(
      [0, { type: 'ExecutionStarted' }],
      [1, entered('Task', 'ValidateInput')],
      [1, scheduled],
      [1, started],
      [2, failed('StorageError')],
      [3, scheduled],
      [4, timedOut],
      [6, scheduled],
      [7, succeeded],
      [7, exited('ValidateInput')],
      [7, entered('Choice', 'IsValid')],
      [7, { type: 'ChoiceStateExited' }],
      [7, entered('Task', 'TransformData')],
      [8, scheduled],
      [9, failed('States.TaskFailed')],
      [9, exited('TransformData')],
      [9, entered('Fail', 'Failed')],
      [10, { type: 'ExecutionFailed' }],
    ),
  );

  test('has steps with their attempts, waits between them, and the error of the last failed attempt', () => {
    expect(stepsOf(visits)).toEqual([
      { name: 'validate', startedAt: 1000, endedAt: 7000, attempts: 3, waits: [1, 2], error: 'States.Timeout' },
      { name: 'IsValid', startedAt: 7000, endedAt: 7000, attempts: 1, waits: [] },
      { name: 'transform', startedAt: 7000, endedAt: 9000, attempts: 1, waits: [], error: 'States.TaskFailed' },
      { name: 'Failed', startedAt: 9000, endedAt: 10_000, attempts: 1, waits: [] },
    ]);
  });

  test('has state transitions: four states and two retries', () => {
    expect(transitionsOf(visits)).toBe(6);
  });

  test('has service calls, including those of failed attempts', () => {
    const machine = stateMachine(withSubstitutions());
    expect(callsOf(visits, machine)).toEqual({ 'lambda:Invoke': 3, 'ecs:RunTask': 1 });
  });

  test.each([
    ['TaskStartFailed', 'taskStartFailedEventDetails'],
    ['TaskSubmitFailed', 'taskSubmitFailedEventDetails'],
  ] as const)('has the error of %s', (type, details) => {
    const event: EventContent = {
      type,
      [details]: { error: 'ECS.Busy', resource: 'runTask.sync', resourceType: 'ecs' },
    };
    const [visit] = visitsIn(history([1, entered('Task', 'TransformData')], [1, scheduled], [2, event]));
    expect(visit?.attempts).toEqual([{ startedAt: 1000, endedAt: 2000, error: 'ECS.Busy' }]);
  });

  test('is empty for an execution that entered no state', () => {
    expect(visitsIn(history([0, { type: 'ExecutionStarted' }], [1, { type: 'ExecutionFailed' }]))).toEqual([]);
  });
});
