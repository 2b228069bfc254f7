import { transform } from '@etl/pipeline/definition';
import { looksPerReport, repeatShare, reportSeconds } from '../../../activities/reportPace';
import { reportingActivities } from '../../taskReports';
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

/**
 * Heartbeats of a wait or a conversion with new progress each time it reports, and of other activities when they are due
 * (activities/reportPace.ts).
 */
function heartbeatsOf({ type, heartbeatSeconds, ranSeconds }: ActivityRun): number {
  if (heartbeatSeconds === undefined) return 0;
  if (!reportingActivities.has(type)) return Math.floor(ranSeconds / (heartbeatSeconds * repeatShare));
  const leastSeconds = transform.pollSeconds * looksPerReport;
  const next = (at: number): number => at + reportSeconds({ ranSeconds: at, waits: 1, leastSeconds });
  let count = 0;
  for (let at = next(0); at <= ranSeconds; at = next(at)) count += 1;
  return count;
}
