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

/** Width of the text in columns. Commands, which an operator copies, may be longer. */
const width = 80;

/** Returns the night as text: totals, a line for each batch, and each problem with the command that follows. */
export function describeNight(report: NightReport): string[] {
  const { batches, problems, moreProblems, server, broken, lateness } = report;
  const check = describeLateness(lateness);
  return [
    titleOf(report),
    ...(server.problem === null ? [] : [fitted(`Runs are not known: ${server.problem}`)]),
    ...(batches.length === 0 ? [] : ['', ...tableOf(batches)]),
    ...batches.flatMap(({ dataset, batchDate, unread }) =>
      unread === null ? [] : [fitted(`${dataset} ${batchDate}: not read: ${oneLine(unread, '; ')}`)],
    ),
    ...broken.flatMap(({ name, problems: reasons }) =>
      reasons.map((reason) => fitted(`${name}: CANNOT BE USED: ${reason}`)),
    ),
    ...(problems.length === 0 ? [] : ['', ...problems.flatMap(linesOf)]),
    ...(moreProblems === 0 ? [] : [`… and ${count(moreProblems, 'more problem')}: ${etlCommand('runs', '--failed')}`]),
    ...(check === undefined ? [] : ['', fitted(`Lateness: ${check.fact}`), ...indented(check.remedy)]),
  ];
}

function titleOf({ at, date, dataset, counts, batches }: NightReport): string {
  const of = dataset === null ? '' : ` of ${dataset}`;
  const what = date === null ? `Tonight${of}` : `Batches${of} of ${date}`;
  const totals = urgency.flatMap((state) => {
    const found = counts[state];
    return found === undefined ? [] : [`${number(found)} ${cellStateNames[state]}`];
  });
  const none = 'no batch is scheduled, and no run was started';
  return `${what}, ${shortTime(Date.parse(at))}: ${batches.length === 0 ? none : totals.join(', ')}`;
}

/** Widest name of a dataset in the table, in columns. */
const nameWidth = 24;

function tableOf(batches: readonly ReportedBatch[]): string[] {
  const rows = batches.map((batch) => {
    const { dataset, batchDate, files, running, rows: counted, unreadRows, costUsd, deadlineAt } = batch;
    return [
      cut(dataset, nameWidth),
      batchDate,
      stateOf(batch),
      `${number(files)}${running === 0 ? '' : `+${number(running)}`}`,
      `${number(counted)}${unreadRows === 0 ? '' : '+'}`,
      costUsd === 0 ? '-' : `$${costUsd.toFixed(4)}`,
      deadlineAt === null ? '-' : `${deadlineAt.slice(11, 16)}Z`,
    ];
  });
  const titles = ['dataset', 'date', 'state', 'files', 'rows', 'cost', 'deadline'];
  return tableLines(alignedRight([titles, ...rows], [3, 4, 5])).map((line) => cut(line, width));
}

/** Pads the cells of some columns on the left. */
function alignedRight(rows: readonly (readonly string[])[], columns: readonly number[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (columns.includes(column) ? cell.padStart(widths[column] ?? 0) : cell)),
  );
}

/** Longest reason of a problem, in characters. */
const maxReason = 800;

const stateOf = ({ state, isLate }: ReportedBatch): string =>
  isLate && state !== 'late' ? `${cellStateNames[state]}, late` : cellStateNames[state];

function linesOf({ kind, title, failureType, reason, first, command }: Problem): string[] {
  const type = failureType === undefined || kind === 'held' ? '' : `${failureType}: `;
  return [
    fitted(`${kind.toUpperCase()}: ${type}${title}`),
    ...block(cut(oneLine(reason, '; '), maxReason)),
    ...block(first === undefined ? '' : `${first}.`),
    ...indented(command),
  ];
}

/** Returns a text as indented lines; none if it is empty. */
const block = (text: string): string[] => (text === '' ? [] : wrap(text, width - 2).map((line) => `  ${line}`));

const indented = (line: string | undefined): string[] => (line === undefined ? [] : [`  ${line}`]);

const fitted = (line: string): string => cut(line, width);
