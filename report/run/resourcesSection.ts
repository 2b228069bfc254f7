import { describeBytes, number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import type { Progress } from '@etl/pipeline/manifest';
import { shareRead } from '@etl/pipeline/progress';
import { lineChart } from '../charts/line';
import { showPercent, showSeconds, showShort } from '../page/amounts';
import { facts, section } from '../page/parts';
import type { RunReport } from './data';

/** Returns throughput and memory: over time where the manifest has a series, else in total. */
export function resourcesSection({ commit, view }: RunReport): Html {
  if (!commit) return view.progress ? progressSection(view.progress) : html``;
  const { resources, reused } = commit.manifest;
  const { peakMemoryMiB, memoryMiB, cpuSeconds, wallSeconds, bytesRead, bytesWritten, rowsPerSecond, cpus, threads } =
    resources;
  return section({
    title: 'Resources',
    note: 'of the task that converted',
    body: html`<div class="split">${facts([
      ['Rows per second', number(rowsPerSecond)],
      ['Read', describeBytes(bytesRead)],
      ['Written', describeBytes(bytesWritten)],
      ['Time', `${showSeconds(wallSeconds)}, ${showSeconds(cpuSeconds)} of processors`],
      [
        'Peak memory',
        `${number(peakMemoryMiB)} of ${number(memoryMiB)} MiB (${showPercent(peakMemoryMiB / memoryMiB)})`,
      ],
      ['Processors', `${number(cpus)}, ${number(threads)} threads`],
      ['Parts of an earlier launch', reused === 0 ? undefined : number(reused)],
    ])}${overTime(resources.series)}</div>`,
  });
}

function overTime(series: readonly Sample[] = []): Html {
  if (series.length < 3)
    return html`<p class="dim small">Only totals are recorded: the conversion was too short for a series, was done by several tasks, or is of an earlier version.</p>`;
  const rates = series.slice(1).map(({ seconds, rows }, index): readonly [number, number] => {
    const before = series[index] as Sample;
    return [seconds, Math.max(0, rows - before.rows) / Math.max(0.001, seconds - before.seconds)];
  });
  const memory = series.map(({ seconds, memoryMiB }): readonly [number, number] => [seconds, memoryMiB]);
  return html`<div class="charts"><figure><h3>Rows per second</h3>${lineChart({
    label: 'Rows per second',
    points: rates,
    show: showShort,
  })}</figure><figure><h3>Memory in MiB</h3>${lineChart({ label: 'Memory in MiB', points: memory, show: showShort })}</figure></div>`;
}

function progressSection(progress: Progress): Html {
  const { bytesRead, bytesTotal, rowsRead, parts, peakMemoryMiB, rowsPerSecond, updatedAt } = progress;
  return section({
    title: 'Progress',
    note: `as of ${updatedAt}`,
    body: facts([
      ['Read', `${describeBytes(bytesRead)} of ${describeBytes(bytesTotal)} (${showPercent(shareRead(progress))})`],
      ['Rows', number(rowsRead)],
      ['Parts', number(parts)],
      ['Rows per second', rowsPerSecond === undefined ? undefined : number(rowsPerSecond)],
      ['Peak memory', peakMemoryMiB === undefined ? undefined : `${number(peakMemoryMiB)} MiB`],
    ]),
  });
}

type Sample = NonNullable<NonNullable<RunReport['commit']>['manifest']['resources']['series']>[number];
