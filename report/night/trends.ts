import { number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import { type Bar, barChart } from '../charts/bars';
import { showSeconds, showShort, showUsd } from '../page/amounts';
import { section } from '../page/parts';
import type { NightReport } from './data';

interface Trend {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
  readonly show: (value: number) => string;
  /** Whether bars of days with failed runs are red. */
  readonly marksFailures?: boolean;
}

/** Returns rows, durations, costs and runs of the last 30 batch dates, with totals of 14 and 30. */
export function trends(report: NightReport): Html {
  const days = [...new Set(report.cells.map(({ day }) => day))].sort();
  if (days.length === 0) return html``;
  const ofCells = (of: (cell: NightReport['cells'][number]['cell']) => number): ReadonlyMap<string, number> => {
    const sums = new Map<string, number>();
    for (const { day, cell } of report.cells) sums.set(day, (sums.get(day) ?? 0) + of(cell));
    return sums;
  };
  const ofRuns = (of: (day: NightReport['days'][number]) => number) =>
    new Map(report.days.map((each) => [each.day, of(each)]));
  const failed = ofRuns((each) => each.failed);
  const all: readonly Trend[] = [
    { name: 'Rows', values: ofCells(({ rows }) => rows), show: showShort },
    { name: 'Time of all runs', values: ofRuns(({ seconds }) => seconds), show: showSeconds },
    { name: 'Cost', values: ofCells(({ costUsd }) => costUsd), show: showUsd },
    { name: 'Runs', values: ofRuns(({ runs }) => runs), show: showShort, marksFailures: true },
  ];
  const failures = [...failed.values()].reduce((sum, each) => sum + each, 0);
  return section({
    title: 'Trends',
    note: `last ${days.length} batch dates; days with failed runs are red in the chart of runs (${number(failures)} failed)`,
    body: html`<div class="charts">${all.map((trend) => figure(trend, days, failed))}</div>`,
  });
}

function figure(
  { name, values, show, marksFailures }: Trend,
  days: readonly string[],
  failed: ReadonlyMap<string, number>,
): Html {
  const bars = days.map((day): Bar => {
    const isBad = marksFailures === true && (failed.get(day) ?? 0) > 0;
    return { name: day.slice(5), value: values.get(day) ?? 0, ...(isBad && { tone: 'bad' as const }) };
  });
  const last = (some: number): string => show(days.slice(-some).reduce((sum, day) => sum + (values.get(day) ?? 0), 0));
  return html`<figure><h3>${name}</h3>${barChart({ label: `${name} per batch date`, bars, show })}<figcaption class="dim small">14 days: ${last(14)}, 30 days: ${last(30)}</figcaption></figure>`;
}
