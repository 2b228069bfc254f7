import { number } from '@etl/lib/amounts';
import { type Html, type HtmlValue, html } from '@etl/lib/text/html';

export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => HtmlValue;
  /** `number`: right-aligned. `tight`: never wrapped. */
  readonly kind?: 'number' | 'tight' | 'cell';
}

export interface Table<Row> {
  /** Name of the table for assistive technology, and what it lists. */
  readonly label: string;
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Whether the table is as wide as its content instead of its section. @default false */
  readonly fits?: boolean;
  /** Rows that exist. @default the length of `rows` */
  readonly of?: number;
  /** Last row, of totals. */
  readonly total?: readonly HtmlValue[];
}

/** Most rows of a table: a page stays small whatever the run. */
export const maxRows = 100;

/** Returns a table that scrolls by itself if it is wider than the page, and says which rows it lacks. */
export function table<Row>({ label, columns, rows, of = rows.length, total, fits = false }: Table<Row>): Html {
  const shown = rows.slice(0, maxRows);
  const more = of - shown.length;
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table class="${fits ? 'fit' : ''}">
<thead><tr>${columns.map(({ name, kind }) => html`<th scope="col" class="${kind ?? ''}">${name}</th>`)}</tr></thead>
<tbody>${shown.map(
    (row) => html`<tr>${columns.map((column, index) => cell(column, row, index === 0))}</tr>
`,
  )}${total && html`<tr class="total">${total.map((value, index) => (index === 0 ? html`<th scope="row">${value}</th>` : html`<td class="${columns[index]?.kind ?? ''}">${value}</td>`))}</tr>`}</tbody>
</table></div>${more > 0 && html`<p class="dim small">${number(more)} more not shown.</p>`}`;
}

function cell<Row>({ value, kind = '' as never }: Column<Row>, row: Row, isFirst: boolean): Html {
  return isFirst
    ? html`<th scope="row" class="${kind}">${value(row)}</th>`
    : html`<td class="${kind}">${value(row)}</td>`;
}
