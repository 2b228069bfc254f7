import { type Html, html } from '@etl/lib/text/html';
import { type CellState, cellStateNames } from '@etl/pipeline/calendar/cell';
import { isolated } from '../page/parts';

export interface CalendarCell {
  readonly dataset: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly state: CellState;
  /** Late in addition to its state. @default false */
  readonly isLate?: boolean;
  /** What is known beside the state, such as `3 files, 1,200 rows`. */
  readonly detail?: string;
}

export interface Calendar {
  /** Days of the columns, in order. */
  readonly days: readonly string[];
  /** Column that the page is about. */
  readonly today: string;
  readonly cells: readonly CalendarCell[];
}

/** Shapes of the states, which differ without their colours, too. */
const shapes: Readonly<Record<CellState, Html>> = {
  delivered: html`<circle class="f-good" cx="10" cy="10" r="8.5"/><path class="mark" d="M6.2 10.3l2.6 2.6 5-5.4"/>`,
  failed: html`<rect class="f-bad" x="2" y="2" width="16" height="16" rx="3"/><path class="mark" d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4"/>`,
  held: html`<circle class="f-warn" cx="10" cy="10" r="8.5"/><path class="mark" d="M8 6.8v6.4M12 6.8v6.4"/>`,
  running: html`<circle class="f-busy" cx="10" cy="10" r="8.5"/><path class="mark" d="M8.2 6.6l5 3.4-5 3.4z"/>`,
  late: html`<path class="f-warn" d="M10 1.4l9 16.6h-18z"/><path class="mark" d="M10 7.4v5M10 15.1v.1"/>`,
  missing: html`<circle class="dashed" cx="10" cy="10" r="7.8"/><path class="mark-bad" d="M10 6.2v4.6M10 13.6v.1"/>`,
  notDue: html`<circle class="dot" cx="10" cy="10" r="2.2"/>`,
  unknown: html`<circle class="hollow" cx="10" cy="10" r="7.5"/>`,
};

const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

/** Returns a table of the states: one row per dataset in order of their names, one column per day. */
export function calendar({ days, today, cells }: Calendar): Html {
  const rows = new Map<string, Map<string, CalendarCell>>();
  for (const each of cells) {
    const row = rows.get(each.dataset) ?? new Map<string, CalendarCell>();
    rows.set(each.dataset, row.set(each.day, each));
  }
  const datasets = [...rows.keys()].sort();
  return html`<div class="scroll from-end" role="group" aria-label="Calendar" tabindex="0"><table class="calendar">
<thead><tr><th scope="col"><span class="unseen">Dataset</span></th>${days.map(
    (day) =>
      html`<th scope="col" class="${day === today ? 'today' : ''}">${weekday.format(new Date(day))}<br>${day.slice(5)}</th>`,
  )}</tr></thead>
<tbody>${datasets.map(
    (dataset) => html`<tr><th scope="row">${isolated(dataset)}</th>${days.map(
      (day) => html`<td class="${day === today ? 'today' : ''}">${glyph(rows.get(dataset)?.get(day))}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}

function glyph(cell: CalendarCell | undefined): Html {
  const { state = 'notDue', isLate = false, detail } = cell ?? {};
  const name = [cellStateNames[state], ...(isLate && state !== 'late' ? ['late'] : [])].join(', ');
  const text = detail === undefined ? name : `${name}: ${detail}`;
  return html`<svg viewBox="0 0 20 20" role="img" aria-label="${text}" class="state-${state}"><title>${text}</title>${shapes[state]}</svg>`;
}

/** The shapes with their names. */
export const calendarLegend: Html = html`<ul class="legend">${(Object.keys(shapes) as CellState[]).map(
  (state) => html`<li><svg viewBox="0 0 20 20" aria-hidden="true">${shapes[state]}</svg>${cellStateNames[state]}</li>`,
)}</ul>`;
