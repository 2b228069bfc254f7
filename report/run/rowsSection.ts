import { count, number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import type { Manifest } from '@etl/pipeline/manifest';
import { showPercent } from '../page/amounts';
import { empty, facts, isolated, section } from '../page/parts';
import { table } from '../page/table';
import type { RejectedRow, RunReport } from './data';

/** Returns the rows of a run: how many came in, went out and were rejected, with samples. */
export function rowsSection({ commit, rejects, view }: RunReport): Html {
  const manifest = commit?.manifest;
  if (!manifest && !rejects) return html``;
  const samples = rejects?.rows ?? [];
  const rejected = Object.entries(manifest?.rejected ?? {}).sort(([, a], [, b]) => b - a);
  return section({
    title: 'Rows',
    note: manifest && `${count(manifest.parts.length, 'part')}, ${count(manifest.chunks, 'chunk')}`,
    body: [
      manifest &&
        html`<div class="split">${counts(manifest)}${
          rejected.length > 0 &&
          html`<div><h3>Rejected by reason</h3>${table({
            label: 'Rejected by reason',
            fits: true,
            columns: [
              { name: 'Reason', value: ([reason]) => isolated(reason) },
              { name: 'Rows', kind: 'number', value: ([, rows]) => number(rows) },
              {
                name: 'Share',
                kind: 'number',
                value: ([, rows]) => showPercent(rows / (manifest?.totals.rowsRead || 1)),
              },
            ],
            rows: rejected,
          })}</div>`
        }</div>`,
      samples.length > 0 &&
        html`<h3>Samples of rejected rows${rejects?.isCommitted === false && ' of this run, which published nothing'}</h3>${samplesTable(samples)}`,
      samples.length === 0 && view.outcome === 'delivered' && rejected.length === 0 && empty('No row was rejected.'),
    ],
  });
}

function counts({ totals, footerRows, coerced }: Manifest): Html {
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected, datesCoerced } = totals;
  const columns = Object.entries(coerced ?? {}).map(([name, dates]) => `${name} (${number(dates)})`);
  return facts([
    ['Read', number(rowsRead)],
    ['Written', number(rowsWritten)],
    ['Blank', number(rowsBlank)],
    ['Rejected', number(rowsRejected)],
    ['Footer', footerRows === undefined ? undefined : number(footerRows)],
    [
      'Dates coerced to null',
      datesCoerced === 0 ? undefined : isolated(`${number(datesCoerced)}: ${columns.slice(0, 20).join(', ')}`),
    ],
  ]);
}

const samplesTable = (rows: readonly RejectedRow[]): Html =>
  table({
    label: 'Samples of rejected rows',
    columns: [
      { name: 'Line', kind: 'number', value: ({ line }) => number(line) },
      { name: 'Column', value: ({ column }) => (column === undefined ? '' : isolated(column)) },
      { name: 'Reason', value: ({ reason }) => isolated(reason) },
      { name: 'Row', value: ({ raw }) => html`<code class="cell"><bdi>${raw}</bdi></code>` },
    ],
    rows,
  });
