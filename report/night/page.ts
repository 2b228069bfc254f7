import { count, number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import { type CellState, cellStateNames } from '@etl/pipeline/calendar/cell';
import { hasFailed } from '@etl/pipeline/runs/runView';
import { type CalendarCell, calendar, calendarLegend } from '../charts/calendar';
import { secondsBetween, showSeconds, showTime, showUsd } from '../page/amounts';
import { chip, command, empty, isolated, section, type Tone, tiles } from '../page/parts';
import { document } from '../page/shell';
import { table } from '../page/table';
import { failureOf, outcomeChip } from '../run/outcome';
import type { DatasetDay, NightReport, NightRun } from './data';
import { trends } from './trends';

/** Days of the calendar. */
export const calendarDays = 14;

/** Datasets of the calendar: those with problems come first when not all have room. */
const maxDatasets = 200;

/** Returns the page about a night: a document of one file, whose size is bounded. */
export function nightPage(report: NightReport): Html {
  const { date, dataset, generatedAt, notes } = report;
  return document({
    title: `Night ${date}${dataset === undefined ? '' : ` ${dataset}`}: ${headOf(report)}`,
    body: html`${head(report)}${nightFigures(report)}${attention(report)}${calendarSection(report)}${runsSection(report)}${trends(report)}
${notes.length > 0 && section({ title: 'Notes', body: html`<ul class="list">${notes.map((note) => html`<li>${isolated(note)}</li>`)}</ul>` })}`,
    footer: html`Generated ${showTime(generatedAt)} by <code>etl report</code>. This page is self-contained: it loads no other resources and runs no scripts.`,
  });
}

const ofDate = ({ cells, date }: NightReport): readonly DatasetDay[] => cells.filter(({ day }) => day === date);

/** States by urgency, with their colour. */
const tones: Readonly<Record<CellState, Tone>> = {
  failed: 'bad',
  missing: 'bad',
  late: 'warn',
  held: 'warn',
  unknown: 'warn',
  running: 'busy',
  delivered: 'good',
  notDue: 'calm',
};
const urgency = Object.keys(tones) as CellState[];
const needsAttention: ReadonlySet<CellState> = new Set(['failed', 'missing', 'late', 'held', 'unknown']);

function headOf(report: NightReport): string {
  const due = ofDate(report).filter(({ cell }) => cell.state !== 'notDue');
  const bad = due.filter(({ cell }) => needsAttention.has(cell.state)).length;
  const running = due.filter(({ cell }) => cell.state === 'running').length;
  const [only] = due;
  if (!only) return 'nothing was due';
  if (due.length === 1) return `${only.dataset}: ${cellStateNames[only.cell.state]}`;
  if (bad > 0) return `${number(bad)} of ${count(due.length, 'dataset')} ${bad === 1 ? 'needs' : 'need'} attention`;
  if (running > 0) return `${number(running)} of ${count(due.length, 'dataset')} still running`;
  return `all ${number(due.length)} datasets delivered`;
}

function head(report: NightReport): Html {
  const { date, dataset, generatedAt } = report;
  const worst = urgency.find((state) => ofDate(report).some(({ cell }) => cell.state === state)) ?? 'notDue';
  const text = headOf(report);
  return html`<header class="head">
<div class="what">${chip(capital(cellStateNames[worst]), tones[worst])}<span>batch date ${date}, as of ${showTime(generatedAt)}</span></div>
<h1>${isolated(ofDate(report).length === 1 ? text : capital(text))}</h1>
${dataset !== undefined && html`<p class="dim">only the dataset ${isolated(dataset)}</p>`}
</header>
`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function nightFigures(report: NightReport): Html {
  const cells = ofDate(report);
  const files = report.runs.filter(({ view }) => view.kind === 'file');
  const sum = (of: (each: DatasetDay) => number): number => cells.reduce((total, each) => total + of(each), 0);
  const inState = (...states: CellState[]): number => cells.filter(({ cell }) => states.includes(cell.state)).length;
  return tiles([
    {
      name: 'Delivered',
      value: number(inState('delivered')),
      note: `of ${count(cells.length - inState('notDue'), 'dataset')} due`,
    },
    { name: 'Failed', value: number(inState('failed')) },
    { name: 'Late or missing', value: number(inState('late', 'missing')) },
    { name: 'Held or running', value: number(inState('held', 'running')) },
    { name: 'Files', value: number(sum(({ cell }) => cell.files)), note: count(files.length, 'run') },
    { name: 'Rows', value: number(sum(({ cell }) => cell.rows)) },
    { name: 'Cost', value: showUsd(sum(({ cell }) => cell.costUsd)), note: 'estimated' },
  ]);
}

/** Commands that the page shows. */
const maxCommands = 8;

interface Todo {
  readonly what: string;
  readonly title: string;
  readonly first?: string;
  readonly command: string;
}

/** Returns what waits for an operator, with the command of each: runs, then batches that have none. */
function attention(report: NightReport): Html {
  const ofRuns = report.runs.flatMap(({ view }): Todo[] => {
    const { next, failureType, outcome, title } = view;
    return next?.kind === 'command'
      ? [{ what: failureType ?? outcome, title, first: next.why, command: next.command }]
      : [];
  });
  const ofBatches = ofDate(report).flatMap(({ dataset, day, cell, command: deliver }): Todo[] =>
    deliver === undefined
      ? []
      : [{ what: capital(cellStateNames[cell.state]), title: `${dataset} ${day}`, command: deliver }],
  );
  const all = [...ofRuns, ...ofBatches];
  if (all.length === 0) return html``;
  const more = all.length - maxCommands;
  return section({
    title: 'What to do',
    note: count(all.length, 'command'),
    body: html`${all
      .slice(0, maxCommands)
      .map(
        ({ what, title, first, command: text }) =>
          html`<div><p><strong>${what}</strong>: ${isolated(title)}${first !== undefined && html`<br><span class="dim">${first}. Then:</span>`}</p>${command(text)}</div>`,
      )}${more > 0 && html`<p class="dim small">${number(more)} more not shown.</p>`}`,
  });
}

function calendarSection(report: NightReport): Html {
  const { cells, date } = report;
  const days = [...new Set(cells.map(({ day }) => day))].sort().slice(-calendarDays);
  const datasets = byUrgency(report);
  const shown = new Set(datasets.slice(0, maxDatasets));
  const more = datasets.length - shown.size;
  if (datasets.length === 0)
    return section({ title: 'Calendar', body: empty('No dataset is declared, and none has runs.') });
  return section({
    title: 'Calendar',
    note: `${count(datasets.length, 'dataset')}, last ${calendarDays} batch dates`,
    body: html`${calendar({ days, today: date, cells: cells.filter(({ dataset }) => shown.has(dataset)).map(calendarCell) })}${calendarLegend}${more > 0 && html`<p class="dim small">${count(more, 'dataset')} more not shown.</p>`}`,
  });
}

/** Returns the datasets, those with the most urgent state on the date first. */
function byUrgency(report: NightReport): string[] {
  const states = new Map(ofDate(report).map(({ dataset, cell }) => [dataset, urgency.indexOf(cell.state)]));
  const names = [...new Set(report.cells.map(({ dataset }) => dataset))];
  return names.sort((a, b) => (states.get(a) ?? urgency.length) - (states.get(b) ?? urgency.length));
}

function calendarCell({ dataset, day, cell }: DatasetDay): CalendarCell {
  const { state, isLate, files, rows, problems } = cell;
  const facts = [
    ...(files > 0 ? [count(files, 'file'), count(rows, 'row')] : []),
    ...problems.slice(0, 3).map(({ failureType, state: of }) => failureType ?? of),
  ];
  return { dataset, day, state, isLate, ...(facts.length > 0 && { detail: facts.join(', ') }) };
}

const order = ['failed', 'timedOut', 'terminated', 'held', 'cancelled', 'running', 'delivered'];

function runsSection({ runs, generatedAt, date }: NightReport): Html {
  if (runs.length === 0)
    return section({
      title: 'Runs',
      body: empty(`The server lists no run of ${date}. Closed runs are kept for its retention period.`),
    });
  const inOrder = [...runs].sort(
    (a, b) =>
      order.indexOf(a.view.outcome) - order.indexOf(b.view.outcome) || (a.view.startedAt < b.view.startedAt ? -1 : 1),
  );
  const failed = runs.filter(({ view }) => hasFailed(view)).length;
  return section({
    title: 'Runs',
    note: `${count(runs.length, 'run')}${failed > 0 ? `, ${number(failed)} not delivered` : ''}`,
    body: table<NightRun>({
      label: 'Runs',
      columns: [
        { name: 'Run', value: ({ view }) => isolated(view.title) },
        { name: 'Outcome', kind: 'tight', value: ({ view }) => outcomeChip(view.outcome) },
        { name: 'Failure', value: ({ view }) => isolated(failureOf(view) ?? '') },
        { name: 'Started', kind: 'tight', value: ({ view }) => showTime(view.startedAt).replace(' UTC', '') },
        {
          name: 'Took',
          kind: 'number',
          value: ({ view }) => showSeconds(secondsBetween(view.startedAt, view.endedAt ?? generatedAt)),
        },
        { name: 'Rows', kind: 'number', value: ({ rows }) => rows !== undefined && number(rows) },
        { name: 'Cost', kind: 'number', value: ({ view }) => view.costUsd !== undefined && showUsd(view.costUsd) },
      ],
      rows: inOrder,
    }),
  });
}
