import type { ScheduleSpec } from '@temporalio/client';
import type { PlannedRun } from './nextRuns';

/** `next: 2026-02-09 02:30 (2026-02-09T01:30:00.000Z), batch date 2026-02-08`. */
export function describeRuns(runs: readonly PlannedRun[]): string[] {
  return runs.map(({ local, at, batchDate }) => `  next: ${local} (${at.slice(0, 16)}Z), batch date ${batchDate}`);
}

/** What changes of clocks do to the times, a line each. */
export function describeMoved({ calendars = [] }: Pick<ScheduleSpec, 'calendars'>): string[] {
  const moved = calendars.flatMap(({ comment }) => (comment?.includes(' instead of ') ? [comment] : []));
  return [...new Set(moved)];
}
