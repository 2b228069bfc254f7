import { count, number } from '@etl/lib/amounts';
import type { DayForecast, Forecast } from './dryRun';
import { describeLeftOut } from './show';

const maxDays = 60;
const maxRefused = 20;

/** Returns a line for each day that has files, and lines for the total. */
export function describeForecast(forecast: Forecast): string[] {
  const { destination, askedTemporal, days, refused, files, minFiles, leftOut, notFiles } = forecast;
  const busy = days.filter(({ run, skipped }) => run + Object.keys(skipped).length > 0);
  const left = busy.length - maxDays;
  return [
    ...busy.slice(0, maxDays).map((day) => `${day.batchDate}: ${describeFiles([day])}`),
    ...(left > 0 ? [`and ${count(left, 'more day')} with files`] : []),
    ...refused.slice(0, maxRefused).map(({ uri, reason }) => `refused: ${uri}: ${reason}`),
    ...notFiles.slice(0, maxRefused).map(({ uri, reason }) => `skipped: ${uri}: ${reason}`),
    ...(notFiles.length > maxRefused ? [`and ${number(notFiles.length - maxRefused)} more that are not files`] : []),
    ...(refused.length > maxRefused ? [`and ${number(refused.length - maxRefused)} more refused`] : []),
    `${count(days.length, 'day')}, ${number(days.length - busy.length)} without files: ${describeFiles(days)}` +
      (refused.length > 0 ? `, ${number(refused.length)} refused` : ''),
    ...describeLeftOut(leftOut).map((text) => `left out: ${text}`),
    ...(files < minFiles
      ? [`the batch would fail: it finds ${count(files, 'file')}, and --min-files is ${number(minFiles)}`]
      : []),
    `compared with what is delivered below ${destination}${askedTemporal ? '' : '; no Temporal server answers, so what is running now was not asked'}`,
  ];
}

/** Formats counts as in `12 files to run (3.4 MB), 5 skipped (delivered as they are now)`. */
function describeFiles(days: readonly DayForecast[]): string {
  const sum = (of: (day: DayForecast) => number) => days.reduce((all, day) => all + of(day), 0);
  const reasons = [...new Set(days.flatMap(({ skipped }) => Object.keys(skipped)))].sort();
  const skips = reasons.map((reason) => {
    return `${number(sum(({ skipped }) => skipped[reason] ?? 0))} skipped (${words[reason] ?? reason})`;
  });
  return [
    `${count(
      sum(({ run }) => run),
      'file',
    )} to run (${size(sum(({ bytes }) => bytes))})`,
    ...skips,
  ].join(', ');
}

const words: Readonly<Record<string, string>> = {
  delivered: 'delivered as they are now',
  notFailed: 'last run has not failed',
  running: 'being run',
};

function size(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
