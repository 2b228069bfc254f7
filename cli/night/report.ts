import type { CellState } from '@etl/pipeline/calendar/cell';
import type { LatenessState } from './lateness';
import type { Problem } from './problems';
import type { Night, NightBatch } from './readNight';
import type { Server } from './server';

/** A batch in the report. Times are ISO 8601. */
export interface ReportedBatch {
  readonly dataset: string;
  readonly batchDate: string;
  readonly state: CellState;
  readonly isLate: boolean;
  /** Scheduled start; null for a batch that no schedule expects. */
  readonly startsAt: string | null;
  readonly deadlineAt: string | null;
  /** Sources with a commit. */
  readonly files: number;
  readonly running: number;
  readonly rows: number;
  /** Commits whose rows are not counted. */
  readonly unreadRows: number;
  readonly costUsd: number;
  /** Why the storage could not be read; null if it was. */
  readonly unread: string | null;
}

/** `night` of `etl status --json`. */
export interface NightReport {
  /** ISO 8601. */
  readonly at: string;
  /** Requested batch date; null for the batches of tonight. */
  readonly date: string | null;
  /** Requested dataset; null for all. */
  readonly dataset: string | null;
  /** `problem`: why runs are not known; null if they are. */
  readonly server: { readonly address: string; readonly answers: boolean; readonly problem: string | null };
  readonly counts: Readonly<Partial<Record<CellState, number>>>;
  readonly batches: readonly ReportedBatch[];
  readonly problems: readonly Problem[];
  /** Problems that are not listed. */
  readonly moreProblems: number;
  readonly broken: Night['broken'];
  readonly lateness: LatenessState;
  /** Whether something did not answer in time. */
  readonly isBounded: boolean;
}

export interface ReportInput {
  readonly night: Night;
  readonly server: Server;
  readonly lateness: LatenessState;
  readonly problems: readonly Problem[];
  readonly more: number;
  readonly date?: string;
  readonly dataset?: string;
  readonly now: number;
}

/** Order of the batches: what needs an operator first. */
export const urgency: readonly CellState[] = [
  ...(['failed', 'held', 'missing', 'late', 'unknown', 'running', 'delivered', 'notDue'] as const),
];

/** Returns the report of a night, the most urgent batches first. */
export function reportOf({ night, server, lateness, problems, more, date, dataset, now }: ReportInput): NightReport {
  const { batches, broken, withoutRuns } = night;
  const rank = ({ state }: { readonly state: CellState }): number => urgency.indexOf(state);
  const sorted = [...batches].sort((a, b) => rank(a) - rank(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
  const order = new Map(sorted.map((batch, index) => [keyOf(batch), index]));
  const counts = urgency.flatMap((state) => {
    const found = batches.filter((batch) => batch.state === state).length;
    return found === 0 ? [] : [[state, found] as const];
  });
  return {
    at: new Date(now).toISOString(),
    date: date ?? null,
    dataset: dataset ?? null,
    server: { address: server.address, answers: 'client' in server, problem: withoutRuns ?? null },
    counts: Object.fromEntries(counts),
    batches: sorted.map(batchOf),
    problems: [...problems].sort((a, b) => (order.get(keyOf(a)) ?? 0) - (order.get(keyOf(b)) ?? 0)),
    moreProblems: more,
    broken,
    lateness,
    isBounded:
      withoutRuns !== undefined || lateness.state === 'unknown' || batches.some(({ unread }) => unread !== undefined),
  };
}

const keyOf = ({ dataset, batchDate }: { readonly dataset: string; readonly batchDate: string }): string =>
  `${dataset} ${batchDate}`;

function batchOf({ dataset, batchDate, state, isLate, expected, unread, ...facts }: NightBatch): ReportedBatch {
  const { files, running, rows, unreadRows, costUsd } = facts;
  const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    ...{ dataset, batchDate, state, isLate },
    startsAt: time(expected?.startsAt),
    deadlineAt: time(expected?.deadlineAt),
    ...{ files, running, rows, unreadRows, costUsd },
    unread: unread ?? null,
  };
}
