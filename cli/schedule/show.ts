import { count } from '@etl/lib/amounts';
import type { PlannedRun } from '@etl/pipeline/calendar/nextRuns';
import type { IrregularDay, YearAhead } from './yearAhead';

/** Formats the next runs: `next: 2026-02-09 02:30 (2026-02-09T01:30Z), batch date 2026-02-08`. */
export function describeRuns(runs: readonly PlannedRun[]): string[] {
  return runs.map(({ local, at, batchDate }) => `  next: ${local} (${at.slice(0, 16)}Z), batch date ${batchDate}`);
}

const shownDays = 10;

/** Formats the irregular days of a year: `clock change: 2027-03-28 at 03:30 instead of 02:30`. */
export function describeIrregularDays({ irregularDays }: YearAhead): string[] {
  const more = irregularDays.length - shownDays;
  return [
    ...irregularDays.slice(0, shownDays).map((day) => `  clock change: ${describeDay(day)}`),
    ...(more > 0 ? [`  clock change: ${count(more, 'more day')}`] : []),
  ];
}

function describeDay({ day, added, missing }: IrregularDay): string {
  if (added.length === 0) return `${day} not at ${missing.join(', ')}`;
  if (missing.length === 0) return `${day} also at ${added.join(', ')}`;
  return `${day} at ${added.join(', ')} instead of ${missing.join(', ')}`;
}
