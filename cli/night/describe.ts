import { count, number } from '@etl/lib/amounts';
import { cut } from '@etl/lib/capped';
import { oneLine } from '@etl/lib/oneLine';
import { wrap } from '@etl/lib/text/wrap';
import { cellStateNames } from '@etl/pipeline/calendar/cell';
import { etlCommand } from '../hints';
import { tableLines } from '../table';
import { describeLateness } from './lateness';
import { type Problem, shortTime } from './problems';
import { type NightReport, type ReportedBatch, urgency } from './report';

/**
 * Returns the night as text: totals, a line for each batch, and each problem with the command that follows. Text that is
 * wider than the terminal is wrapped, except commands, which an operator copies.
 *
 * @default width unlimited, for a file or a pipe: nothing is wrapped or truncated
 */
export function describeNight(report: NightReport, width = Number.POSITIVE_INFINITY): string[] {
  const { batches, problems, moreProblems, server, broken, lateness } = report;
  const check = describeLateness(lateness);
  return [
    ...wrapped(titleOf(report), width),
    ...(server.problem === null ? [] : wrapped(`Runs are not known: ${server.problem}`, width)),
    ...(batches.length === 0 ? [] : ['', ...tableOf(batches, width)]),
    ...batches.flatMap(({ dataset, batchDate, unread }) =>
      unread === null ? [] : wrapped(`${dataset} ${batchDate}: not read: ${oneLine(unread, '; ')}`, width),
    ),
    ...broken.flatMap(({ name, problems: reasons }) =>
      reasons.flatMap((reason) => wrapped(`${name}: CANNOT BE USED: ${reason}`, width)),
    ),
    ...(problems.length === 0 ? [] : ['', ...problems.flatMap((problem) => linesOf(problem, width))]),
    ...(moreProblems === 0 ? [] : [`… and ${count(moreProblems, 'more problem')}: ${etlCommand('runs', '--failed')}`]),
    ...(check === undefined ? [] : ['', ...wrapped(`Lateness: ${check.fact}`, width), ...indented(check.remedy)]),
  ];
}

function titleOf({ at, date, dataset, counts, batches, server }: NightReport): string {
  const of = dataset === null ? '' : ` of ${dataset}`;
  const what = date === null ? `Tonight${of}` : `Batches${of} of ${date}`;
  const totals = urgency.flatMap((state) => {
    const found = counts[state];
    return found === undefined ? [] : [`${number(found)} ${cellStateNames[state]}`];
  });
  const none = `no batch is scheduled${server.problem === null ? ', and no run was started' : ''}`;
  return `${what}, ${shortTime(Date.parse(at))}: ${batches.length === 0 ? none : totals.join(', ')}`;
}

/** Widest name of a dataset in the table of a terminal, in columns. */
const nameWidth = 24;

/** Columns of the table that every terminal shows. A narrow one leaves out the last ones of the others. */
const neededColumns = 3;

function tableOf(batches: readonly ReportedBatch[], width: number): string[] {
  const rows = batches.map((batch) => {
    const { dataset, batchDate, files, running, rows: counted, unreadRows, costUsd, deadlineAt } = batch;
    return [
      Number.isFinite(width) ? cut(dataset, nameWidth) : dataset,
      batchDate,
      stateOf(batch),
      `${number(files)}${running === 0 ? '' : `+${number(running)}`}`,
      `${number(counted)}${unreadRows === 0 ? '' : '+'}`,
      costUsd === 0 ? '-' : `$${costUsd.toFixed(4)}`,
      deadlineAt === null ? '-' : `${deadlineAt.slice(11, 16)}Z`,
    ];
  });
  const titles = ['dataset', 'date', 'state', 'files', 'rows', 'cost', 'deadline'];
  const cells = alignedRight([titles, ...rows], [3, 4, 5]);
  for (let shown = titles.length; ; shown--) {
    const lines = tableLines(cells.map((row) => row.slice(0, shown)));
    if (shown === neededColumns || lines.every((line) => line.length <= width))
      return lines.map((line) => cut(line, width));
  }
}

/** Pads the cells of some columns on the left. */
function alignedRight(rows: readonly (readonly string[])[], columns: readonly number[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (columns.includes(column) ? cell.padStart(widths[column] ?? 0) : cell)),
  );
}

/** Longest reason of a problem on a terminal, in characters. */
const maxReason = 800;

const stateOf = ({ state, isLate }: ReportedBatch): string =>
  isLate && state !== 'late' ? `${cellStateNames[state]}, late` : cellStateNames[state];

function linesOf({ kind, title, failureType, reason, first, prepare, command }: Problem, width: number): string[] {
  const type = failureType === undefined || kind === 'held' ? '' : `${failureType}: `;
  const whole = oneLine(reason, '; ');
  return [
    ...wrapped(`${kind.toUpperCase()}: ${type}${title}`, width),
    ...block(Number.isFinite(width) ? cut(whole, maxReason) : whole, width),
    ...block(first === undefined ? '' : `${first}.`, width),
    ...indented(prepare),
    ...indented(command),
  ];
}

/** Returns a text as lines that are indented except for the first one. */
const wrapped = (text: string, width: number): string[] =>
  wrap(text, width - 2).map((line, index) => (index === 0 ? line : `  ${line}`));

/** Returns a text as indented lines; none if it is empty. */
const block = (text: string, width: number): string[] =>
  text === '' ? [] : wrap(text, width - 2).map((line) => `  ${line}`);

const indented = (line: string | undefined): string[] => (line === undefined ? [] : [`  ${line}`]);
