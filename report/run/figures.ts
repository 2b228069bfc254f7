import { count, describeBytes, number } from '@etl/lib/amounts';
import type { Html } from '@etl/lib/text/html';
import { secondsBetween, showPercent, showSeconds, showShort, showUsd } from '../page/amounts';
import { type Tile, tiles } from '../page/parts';
import type { RunReport } from './data';

/** Returns the key figures of a run. */
export function figures({ view, generatedAt, commit, costs, previous }: RunReport): Html {
  const manifest = commit?.manifest;
  const { rowsRead = view.rows?.read, rowsWritten, rowsRejected } = manifest?.totals ?? {};
  const isOpen = view.endedAt === undefined;
  const written = rowsWritten ?? (isOpen ? undefined : view.rows?.written);
  const rejected = rowsRejected ?? (isOpen ? undefined : view.rows?.rejected);
  const actual = costs.launches.reduce((sum, { usd }) => sum + usd, 0);
  const isPriced = costs.launches.length > 0 || view.costUsd !== undefined;
  const { resources } = manifest ?? {};
  const all: (Tile | undefined)[] = [
    rowsRead === undefined ? undefined : { name: isOpen ? 'Rows read so far' : 'Rows read', value: number(rowsRead) },
    written === undefined
      ? undefined
      : { name: 'Rows written', value: number(written), note: changeSince(written, previous?.rowsWritten) },
    rejected === undefined
      ? undefined
      : {
          name: 'Rejected',
          value: number(rejected),
          note: rowsRead !== undefined && rowsRead > 0 ? `${showPercent(rejected / rowsRead)} of the rows` : undefined,
        },
    ...Object.entries(view.files ?? {}).map(([name, value]) => ({ name: capital(name), value: number(value) })),
    {
      name: isOpen ? 'Running for' : 'Duration',
      value: showSeconds(secondsBetween(view.startedAt, view.endedAt ?? generatedAt)),
      note: view.launches.length > 0 ? count(view.launches.length, 'launch', 'launches') : undefined,
    },
    isPriced
      ? {
          name: 'Cost',
          value: showUsd(costs.launches.length > 0 ? actual : (view.costUsd ?? 0)),
          note: costs.estimateUsd === undefined ? 'estimated' : `estimate ${showUsd(costs.estimateUsd)}`,
        }
      : undefined,
    resources && {
      name: 'Rows per second',
      value: showShort(resources.rowsPerSecond),
      note: `${describeBytes(resources.bytesRead)} read`,
    },
    resources && {
      name: 'Peak memory',
      value: `${number(resources.peakMemoryMiB)} MiB`,
      note: `of ${number(resources.memoryMiB)} MiB`,
    },
  ];
  return tiles(all.flatMap((each) => each ?? []));
}

function changeSince(now: number, before: number | undefined): string | undefined {
  if (before === undefined || before === 0) return undefined;
  const share = now / before - 1;
  return `${share < 0 ? '−' : '+'}${showPercent(Math.abs(share))} from the previous batch`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
