import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { actionsOf } from '../../../step-functions/compare/temporal/actions';
import { activityRuns, type History } from '../../../step-functions/compare/temporal/history';
import { stepsOf } from '../../../step-functions/compare/temporal/steps';

interface Saved {
  events: { eventType: string; [attributes: string]: unknown }[];
}

const saved = (name: string): Saved =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', 'workflows', 'histories', `${name}.json`), 'utf8')) as Saved;
const history = (of: Saved): History => historyFromJSON(of);

/** Counts events in the file, independently of the code under test. */
const count = ({ events }: Saved, type: string) =>
  events.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`).length;

test.each(['0.2.0-delivered', '0.2.0-invalid', '0.2.0-relaunched', '0.2.0-cancelled'])(
  'the actions of %s match its events',
  (name) => {
    const file = saved(name);
    const { heartbeats: _, ...actions } = actionsOf(history(file));
    const expected = {
      'workflow starts': 1,
      activities: count(file, 'ACTIVITY_TASK_SCHEDULED'),
      timers: count(file, 'TIMER_STARTED'),
      signals: count(file, 'WORKFLOW_EXECUTION_SIGNALED'),
      markers: count(file, 'MARKER_RECORDED'),
    };
    expect(actions).toEqual(Object.fromEntries(Object.entries(expected).filter(([, value]) => value > 0)));
  },
);

test('a delivered run passes each of these stages once', () => {
  const steps = stepsOf(activityRuns(history(saved('0.2.0-delivered'))), []);
  expect(steps.map(({ name, attempts, waits }) => [name, attempts, waits])).toEqual([
    ['validate', 1, []],
    ['transform', 1, []],
    ['confirm', 1, []],
    ['notifySuccess', 1, []],
  ]);
  for (const { startedAt, endedAt } of steps) expect(endedAt).toBeGreaterThan(startedAt);
  const [first, second] = steps;
  expect(second?.startedAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY);
});

test('invalid input never launches a task', () => {
  const steps = stepsOf(activityRuns(history(saved('0.2.0-invalid'))), []);
  expect(steps.map(({ name }) => name)).toEqual(['validate', 'notifyInvalid', 'keepInvalid']);
});

test('a sleep between launches is a wait, but the timeout of an attempt is not', () => {
  const file = saved('0.2.0-relaunched');
  const transform = stepsOf(activityRuns(history(file)), []).find(({ name }) => name === 'transform');
  const launches = file.events.filter((event) =>
    JSON.stringify(event.activityTaskScheduledEventAttributes ?? '').includes('"name":"launchTask"'),
  );
  expect(launches.length).toBeGreaterThan(1);
  expect(transform?.attempts).toBe(launches.length);
  expect(transform?.waits).toHaveLength(launches.length - 1);
  for (const wait of transform?.waits ?? []) expect(wait).toBeLessThan(3600);
});

describe('a retried activity', () => {
  const file = saved('0.2.0-delivered');
  const started = file.events.find(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
  Object.assign(started?.activityTaskStartedEventAttributes as object, { attempt: 4 });

  test('has waits according to its retry policy', () => {
    const [validate] = stepsOf(activityRuns(history(file)), []);
    expect(validate).toMatchObject({ name: 'validate', attempts: 4, waits: [1, 2, 4] });
  });

  test('is billed for every attempt', () => {
    expect(actionsOf(history(file))).toMatchObject({ 'activity retries': 3 });
  });
});

test('heartbeats are estimated from the run time of activities with a heartbeat timeout', () => {
  const file = saved('0.2.0-delivered');
  const ids = file.events.flatMap((event) =>
    JSON.stringify(event.activityTaskScheduledEventAttributes ?? '').includes('"name":"awaitTask"')
      ? [event.eventId]
      : [],
  );
  const scheduled = file.events.find(({ eventId }) => ids.includes(eventId));
  Object.assign(scheduled?.activityTaskScheduledEventAttributes as object, { heartbeatTimeout: '30s' });
  const end = file.events.find(
    (event) =>
      (event.activityTaskCompletedEventAttributes as { scheduledEventId?: string } | undefined)?.scheduledEventId ===
      ids[0],
  );
  const at = Date.parse(String(end?.eventTime));
  // Originally under 5 s, now a minute longer: one heartbeat per 5 s.
  Object.assign(end as object, { eventTime: new Date(at + 60_000).toISOString() });
  expect(actionsOf(history(file)).heartbeats).toBe(12);
});
