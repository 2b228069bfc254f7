import { transform } from '@etl/pipeline/definition';
import { looksPerReport, repeatShare, reportSeconds } from '../../../activities/reportPace';
import { reportingActivities } from '../../../client/taskReports';
import { type ActivityRun, activityRuns, type History, type HistoryEvent } from './history';

/**
 * Returns the actions that Temporal Cloud would bill for a run, by kind. A history does not contain heartbeats, so they
 * are estimated from the durations of activities. Memos are not billed, and neither is the search attribute that a
 * patch sets. Queries are billed, and made only by observers of a run.
 *
 * @see https://docs.temporal.io/cloud/actions (2026-11)
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
    'search attribute updates': events.filter(setsAttributes).length,
    // All markers of one workflow task are billed as one action.
    markers: new Set(marked).size,
    heartbeats: runs.reduce((sum, run) => sum + heartbeatsOf(run), 0),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** Returns whether an event sets search attributes besides the one of a patch. */
function setsAttributes({ upsertWorkflowSearchAttributesEventAttributes: update }: HistoryEvent): boolean {
  const names = Object.keys(update?.searchAttributes?.indexedFields ?? {});
  return names.some((name) => name !== 'TemporalChangeVersion');
}

/**
 * Estimates heartbeats. A wait or a conversion has new progress with each report; other activities heartbeat when it is
 * due (activities/reportPace.ts).
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
