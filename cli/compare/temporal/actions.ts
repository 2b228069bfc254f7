import { type ActivityRun, activityRuns, type History } from './history';

/**
 * What Temporal Cloud would bill of a run, by kind. Heartbeats are not in a history: they are estimated from how long
 * activities ran. Memos are not billed, nor is the search attribute that comes with a patch; queries are, and who
 * watches a run makes them. Source: docs.temporal.io/cloud/actions, 2026-11.
 */
export function actionsOf(history: History): Record<string, number> {
  const events = history.events ?? [];
  const runs = activityRuns(history);
  const marked = events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker ? [String(marker.workflowTaskCompletedEventId)] : [],
  );
  const counts = {
    'workflow starts': events.filter((event) => event.workflowExecutionStartedEventAttributes).length,
    activities: runs.length,
    'activity retries': runs.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    timers: events.filter((event) => event.timerStartedEventAttributes).length,
    signals: events.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    // All markers of one workflow task are one action.
    markers: new Set(marked).size,
    heartbeats: runs.reduce((sum, run) => sum + heartbeatsOf(run), 0),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** An activity beats four times a timeout (activities/index.ts), and the SDK passes on one in 0.8 timeouts, in 60 s at most. */
function heartbeatsOf({ heartbeatSeconds, ranSeconds }: ActivityRun): number {
  if (heartbeatSeconds === undefined) return 0;
  const first = heartbeatSeconds / 4;
  if (ranSeconds < first) return 0;
  return 1 + Math.floor((ranSeconds - first) / Math.min(0.8 * heartbeatSeconds, 60));
}
