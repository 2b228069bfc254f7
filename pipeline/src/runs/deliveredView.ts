import { number } from '@etl/lib/amounts';
import { costLines, describeSink, line, many, runLine } from './lines';
import type { RunView } from './runView';

/** Returns the facts of a run that delivered, as text lines. */
export function deliveredLines(view: RunView): string[] {
  const { title, rows, published, sinks, files, alreadyDelivered, launches } = view;
  return [
    `DELIVERED: ${title}`,
    ...(alreadyDelivered ? [line('Note', 'same source, same options: nothing was launched')] : []),
    ...(files ? [line('Files', describeFiles(files))] : []),
    ...(rows
      ? [line('Rows', `${number(rows.written)} written, ${number(rows.rejected)} rejected${readOf(rows.read)}`)]
      : []),
    ...(published === undefined ? [] : [line('Where', published)]),
    ...many('Sinks', sinks.map(describeSink)),
    ...(launches.length > 1 ? [line('Launches', number(launches.length))] : []),
    ...costLines(view),
    runLine(view),
  ];
}

/** Returns `12 = 10 delivered + 2 skipped`, or `none found`. */
export function describeFiles({ files, ...outcomes }: Readonly<Record<string, number>>): string {
  if (files === 0) return 'none found';
  const parts = Object.entries(outcomes).flatMap(([name, times]) => (times > 0 ? [`${number(times)} ${name}`] : []));
  return files === undefined ? parts.join(' + ') : [number(files), parts.join(' + ')].filter(Boolean).join(' = ');
}

const readOf = (read: number | undefined): string => (read === undefined ? '' : `, of ${number(read)} read`);
