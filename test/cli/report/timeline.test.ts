import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@etl/pipeline/launches';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import { type TimelineFacts, timelineOf } from '../../../cli/report/timeline';

type Event = temporal.api.history.v1.IHistoryEvent;

const eventsOf = (name: string): Event[] =>
  historyFromJSON(
    JSON.parse(readFileSync(join(__dirname, '..', '..', 'workflows', 'histories', `${name}.json`), 'utf8')),
  ).events ?? [];

const summaryOf = ({ userMetadata }: Event): string | undefined => {
  const data = userMetadata?.summary?.data;
  return data ? (JSON.parse(Buffer.from(data).toString('utf8')) as string) : undefined;
};

function lanesOf(events: readonly Event[], changes: Partial<TimelineFacts> = {}) {
  const timeline = timelineOf(events, { launches: [], now: Date.parse('2030-01-01'), summaryOf, ...changes });
  return (timeline?.lanes ?? []).map(({ name, spans }) => [name, ...spans.map(({ tone }) => tone)]);
}

test('a delivered run has a lane for each step, and the timeout of its task is not a wait', () => {
  expect(lanesOf(eventsOf('0.6.0-ended'))).toEqual([
    ['validate', 'good'],
    ['launch', 'good'],
    ['task', 'good'],
    ['confirm', 'good'],
    ['notify', 'good'],
  ]);
});

test('a relaunch has the wait between two tasks, and the first task has failed', () => {
  const launches: Launch[] = [
    { generation: 1, lane: 'fargate', spot: false, failureType: 'HostFailure' },
    { generation: 2, lane: 'fargate', spot: false },
  ];
  const events = eventsOf('0.4.0-relaunched');
  expect(lanesOf(events, { launches })).toEqual([
    ['validate', 'good'],
    ['launch', 'good', 'good'],
    ['task', 'bad', 'good'],
    ['wait', 'warn'],
    ['confirm', 'good'],
    ['notify', 'good'],
  ]);
  const timeline = timelineOf(events, { launches, now: 0, summaryOf });
  const [first] = timeline?.lanes.find(({ name }) => name === 'task')?.spans ?? [];
  expect(first?.label).toMatch(/^awaitTask, launch 1, .* s, HostFailure$/);
});

test('shards are spans of one lane', () => {
  expect(lanesOf(eventsOf('0.4.0-fanOut'))).toContainEqual(['shards', 'good', 'good']);
});

test('the step in which the run failed is bad, although its call has returned', () => {
  expect(lanesOf(eventsOf('0.4.0-invalid'), { failedStep: 'validate' })[0]).toEqual(['validate', 'bad']);
});

test('steps of an open run end now; of a closed one, at its end', () => {
  const all = eventsOf('0.6.0-ended');
  const open = all.slice(0, all.findIndex(({ eventId }) => Number(eventId) === 21) + 1);
  const now = Number(open[0]?.eventTime?.seconds) * 1000 + 60_000;
  expect(lanesOf(open, { now }).at(-1)).toEqual(['task', 'busy']);
  const timeline = timelineOf(open, { launches: [], now, summaryOf });
  expect(timeline?.to).toBe(now);
  const terminated = { eventTime: open.at(-1)?.eventTime ?? null, workflowExecutionTerminatedEventAttributes: {} };
  expect(lanesOf([...open, terminated], { now }).at(-1)).toEqual(['task', 'calm']);
});

test.each([
  '0.1.0-cancelled',
  '0.2.0-cancelled',
  '0.3.0-approved',
  '0.3.0-batch',
  '0.5.0-continued',
  '0.6.0-timedOut',
  '0.6.0-endedFanOut',
])('every span of %s lies within the run', (name) => {
  const timeline = timelineOf(eventsOf(name), { launches: [], now: Date.parse('2030-01-01'), summaryOf });
  if (!timeline) throw new Error('no timeline');
  for (const { spans } of timeline.lanes)
    for (const { asked, began = asked, ended } of spans) {
      expect(asked).toBeGreaterThanOrEqual(timeline.from);
      expect(began).toBeGreaterThanOrEqual(asked);
      expect(ended).toBeGreaterThanOrEqual(began);
      expect(ended).toBeLessThanOrEqual(timeline.to);
    }
});

test('an empty history has no timeline', () => {
  expect(timelineOf([], { launches: [], now: 0, summaryOf })).toBeUndefined();
});
