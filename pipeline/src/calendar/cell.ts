import { batchOfWorkflowId } from '../layout';
import { newestById } from '../runs/newestById';
import type { ExpectedBatch } from './expected';

/**
 * State of a dataset's batch of one day:
 * - `delivered`: all that is known of the batch was delivered
 * - `failed`: a run has failed, and no later run has delivered its file
 * - `held`: a file waits for an approval
 * - `running`: a run is open
 * - `late`: not delivered by its deadline, and nothing has failed
 * - `missing`: due, but no run has started
 * - `notDue`: not due yet, or its schedule is paused
 * - `unknown`: not delivered, and Temporal could not be read
 */
export type CellState = 'delivered' | 'failed' | 'held' | 'running' | 'late' | 'missing' | 'notDue' | 'unknown';

/** The states in words. */
export const cellStateNames: Readonly<Record<CellState, string>> = {
  delivered: 'delivered',
  failed: 'failed',
  held: 'held',
  running: 'running',
  late: 'late',
  missing: 'missing',
  notDue: 'not due',
  unknown: 'unknown',
};

/** The newest commit of a source of the batch. */
export interface CommitFact {
  readonly source: string;
  readonly rows: number;
  /** Start of the run that committed, in milliseconds since the epoch; 0 if the manifest was not read. */
  readonly runStartedAt: number;
}

/** A run that concerns the batch: a pipeline of one of its files, or a batch of files. */
export interface RunFact {
  readonly kind: 'file' | 'batch';
  readonly workflowId: string;
  readonly runId: string;
  readonly state: 'running' | 'held' | 'completed' | 'failed';
  readonly startedAt: number;
  /** Source of a file's run. */
  readonly source?: string;
  readonly failureType?: string;
  readonly reason?: string;
  /** Whether the run has sent an alert about its failure. */
  readonly isReported?: boolean;
  readonly costUsd?: number;
  /** Workflow IDs of the files that a failed batch did not deliver; absent if the batch does not list all of them. */
  readonly undelivered?: readonly string[];
}

/** What Temporal knows about the schedule of a dataset. */
export interface ScheduleFact {
  readonly exists: boolean;
  /** Starts up to this time are not expected: the schedule did not exist. */
  readonly createdAt?: number;
  /** The schedule is paused: starts after this time, that of its last start, are not expected. */
  readonly pausedAfter?: number;
}

export interface DayFacts {
  readonly commits: readonly CommitFact[];
  /** All runs, also those that later runs replace. Absent if Temporal could not be read. */
  readonly runs?: readonly RunFact[];
  readonly schedule?: ScheduleFact;
  /** Sources whose sinks have all applied the newest commit. @default none is known to have */
  readonly appliedSources?: readonly string[];
}

export interface Cell {
  readonly state: CellState;
  /** Whether the deadline has passed before the batch was delivered. Independent of `state`: it may also have failed. */
  readonly isLate: boolean;
  /** Failed runs that no later run has made good, and held ones. */
  readonly problems: readonly RunFact[];
  /** Number of open runs that are not held. */
  readonly running: number;
  /** Number of sources with a commit. */
  readonly files: number;
  readonly rows: number;
  /** Estimated cost in US dollars of all runs of files. */
  readonly costUsd: number;
}

/**
 * Returns the state of a batch at a time, in milliseconds since the epoch. `expected`: absent for a dataset without a
 * schedule.
 */
export function cellOf(expected: ExpectedBatch | undefined, facts: DayFacts, now: number): Cell {
  const { commits } = facts;
  const all = facts.runs ?? [];
  const runs = newestRuns(all);
  const problems = runs.filter(
    (run) => run.state === 'held' || (run.state === 'failed' && !isSettled(run, facts, expected)),
  );
  const open = runs.filter(({ state }) => state === 'running');
  const isPastDeadline = expected?.deadlineAt !== undefined && now >= expected.deadlineAt;
  const state = stateOf(expected, facts, { runs, problems, open, isPastDeadline, now });
  return {
    state,
    isLate: isPastDeadline && !['delivered', 'notDue'].includes(state) && isUnfinished(facts, expected),
    problems,
    running: open.length,
    files: commits.length,
    rows: commits.reduce((sum, { rows }) => sum + rows, 0),
    costUsd: all.reduce((sum, { kind, costUsd = 0 }) => sum + (kind === 'file' ? costUsd : 0), 0),
  };
}

/** Returns whether an operator must start the batch: it is missing, or late and no run is open. */
export function waitsForStart({ state, running }: Pick<Cell, 'state' | 'running'>): boolean {
  return state === 'missing' || (state === 'late' && running === 0);
}

interface Found {
  readonly runs: readonly RunFact[];
  readonly problems: readonly RunFact[];
  readonly open: readonly RunFact[];
  readonly isPastDeadline: boolean;
  readonly now: number;
}

function stateOf(expected: ExpectedBatch | undefined, facts: DayFacts, found: Found): CellState {
  const { runs, problems, open, isPastDeadline, now } = found;
  if (problems.some(({ state }) => state === 'failed')) return 'failed';
  if (problems.length > 0) return 'held';
  const isLate = isPastDeadline && isUnfinished(facts, expected);
  if (open.length > 0) return isLate ? 'late' : 'running';
  const hasEnded = runs.some(({ kind, state }) => kind === 'batch' && state === 'completed');
  if (hasEnded || hasFiles(facts, expected) || (!expected && runs.length > 0)) return 'delivered';
  if (!expected || now < expected.dueAt || isNotExpected(facts.schedule, expected)) return 'notDue';
  if (facts.runs === undefined) return isLate ? 'late' : 'unknown';
  return 'missing';
}

function isNotExpected({ createdAt, pausedAfter }: ScheduleFact = { exists: true }, { startsAt }: ExpectedBatch) {
  return (createdAt !== undefined && startsAt <= createdAt) || (pausedAfter !== undefined && startsAt > pausedAfter);
}

const hasFiles = ({ commits }: DayFacts, expected: ExpectedBatch | undefined): boolean =>
  commits.length >= Math.max(1, expected?.minFiles ?? 1);

/** Returns the newest run of each workflow ID; of batches of files, only the newest run and completed ones. */
function newestRuns(all: readonly RunFact[]): readonly RunFact[] {
  const runs = [...newestById(all, ({ startedAt }) => startedAt).values()];
  const latestBatch = Math.max(...runs.map(({ kind, startedAt }) => (kind === 'batch' ? startedAt : 0)));
  return runs.filter(
    ({ kind, state, startedAt }) => kind === 'file' || state === 'completed' || startedAt === latestBatch,
  );
}

/**
 * Returns whether a failed run needs no attention of its own: later runs have delivered what it did not, or the runs of
 * its files show what is left.
 */
function isSettled(failed: RunFact, facts: DayFacts, expected: ExpectedBatch | undefined): boolean {
  if (isMadeGood(failed, facts, expected)) return true;
  const { kind, undelivered = [] } = failed;
  const newest = newestRuns(facts.runs ?? []);
  const runs = undelivered.map((workflowId) => newest.find((run) => run.workflowId === workflowId));
  const isLeft = (run: RunFact | undefined) => run?.state !== 'completed' && !(run && isFileMadeGood(run, facts));
  return kind === 'batch' && runs.every((run) => run !== undefined) && runs.some(isLeft);
}

/** Returns whether later runs have delivered what a failed run did not. */
function isMadeGood(failed: RunFact, facts: DayFacts, expected: ExpectedBatch | undefined): boolean {
  if (failed.kind === 'file') return isFileMadeGood(failed, facts);
  const newest = newestRuns(facts.runs ?? []);
  const isDelivered = (workflowId: string): boolean => {
    const run = newest.find((each) => each.workflowId === workflowId);
    return run !== undefined && (run.state === 'completed' || isFileMadeGood(run, facts));
  };
  return failed.undelivered?.every(isDelivered) === true && hasFiles(facts, expected);
}

/** Returns whether a later run has delivered the source of a failed run, or found it delivered. */
function isFileMadeGood({ source, startedAt, failureType }: RunFact, facts: DayFacts): boolean {
  const { commits, runs = [], appliedSources = [] } = facts;
  if (source === undefined) return false;
  return (
    commits.some((commit) => commit.source === source && commit.runStartedAt > startedAt) ||
    runs.some((run) => run.source === source && run.state === 'completed' && run.startedAt > startedAt) ||
    (failureType === 'SinkFailed' && appliedSources.includes(source))
  );
}

/**
 * Returns whether data is outstanding. Runs that deliver a source again do not make a batch late, once the batch was
 * delivered.
 */
function isUnfinished(facts: DayFacts, expected: ExpectedBatch | undefined): boolean {
  const { commits, runs = [] } = facts;
  const hasCommit = ({ source }: RunFact): boolean => commits.some((commit) => commit.source === source);
  const ofFiles = newestRuns(runs).filter(({ kind, state }) => kind === 'file' && state !== 'completed');
  if (ofFiles.some((run) => !hasCommit(run))) return true;
  const ofBatches = runs.filter(({ kind }) => kind === 'batch');
  if (ofBatches.length === 0) return !hasFiles(facts, expected);
  const isCommitted = (workflowId: string) =>
    commits.some(({ source }) => source === batchOfWorkflowId(workflowId).source);
  return !ofBatches.some(
    ({ state, undelivered }) =>
      state === 'completed' || (state === 'failed' && undelivered?.every(isCommitted) && hasFiles(facts, expected)),
  );
}
