import { count, describeBytes, number } from '@etl/lib/amounts';
import type { DayForecast, Forecast } from './dryRun';
import { describeLeftOut } from './show';

const maxDays = 60;
const maxInvalid = 20;

/** Returns a line for each day that has files, and lines for the total. */
export function describeForecast(forecast: Forecast): string[] {
  const { destination, askedTemporal, days, refused, files, minFiles, leftOut, notFiles } = forecast;
  const busy = days.filter(({ run, skipped }) => run + Object.keys(skipped).length > 0);
  const left = busy.length - maxDays;
  return [
    ...busy.slice(0, maxDays).map((day) => `${day.batchDate}: ${describeFiles([day])}`),
    ...(left > 0 ? [`and ${count(left, 'more day')} with files`] : []),
    ...refused.slice(0, maxInvalid).map(({ uri, reason }) => `invalid: ${uri}: ${reason}`),
    ...notFiles.slice(0, maxInvalid).map(({ uri, reason }) => `skipped: ${uri}: ${reason}`),
    ...(notFiles.length > maxInvalid ? [`and ${number(notFiles.length - maxInvalid)} more that are not files`] : []),
    ...(refused.length > maxInvalid ? [`and ${number(refused.length - maxInvalid)} more invalid files`] : []),
    `${count(days.length, 'day')}, ${number(days.length - busy.length)} without files: ${describeFiles(days)}` +
      (refused.length > 0 ? `, ${number(refused.length)} invalid` : ''),
    ...describeLeftOut(leftOut).map((text) => `ignored: ${text}`),
    ...(files < minFiles
      ? [`the batch would fail: it finds ${count(files, 'file')}, but --min-files is ${number(minFiles)}`]
      : []),
    `compared with the batches below ${destination}${askedTemporal ? '' : '; Temporal is unavailable, so running files are not excluded'}`,
  ];
}

/** Formats counts as in `12 files to run (3.4 MB), 5 skipped (already delivered)`. */
function describeFiles(days: readonly DayForecast[]): string {
  const sum = (of: (day: DayForecast) => number) => days.reduce((all, day) => all + of(day), 0);
  const reasons = [...new Set(days.flatMap(({ skipped }) => Object.keys(skipped)))].sort();
  const skips = reasons.map((reason) => {
    return `${number(sum(({ skipped }) => skipped[reason] ?? 0))} skipped (${skipLabels[reason] ?? reason})`;
  });
  return [
    `${count(
      sum(({ run }) => run),
      'file',
    )} to run (${describeBytes(sum(({ bytes }) => bytes))})`,
    ...skips,
  ].join(', ');
}

const skipLabels: Readonly<Record<string, string>> = {
  delivered: 'already delivered',
  notFailed: 'last run did not fail',
  running: 'running',
};
