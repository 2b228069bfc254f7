import { type RunFact, waitsForStart } from '@etl/pipeline/calendar/cell';
import { batchArgs } from '@etl/pipeline/calendar/lateAlert';
import type { RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import type { Client } from '@temporalio/client';
import { inTurn } from '../../activities/inTurn';
import { readRun } from '../../client/runs/readRun';
import { etlCommand } from '../hints';
import { bounded } from './bounded';
import type { Night, NightBatch } from './readNight';
import type { Server } from './server';

/** What an operator should act on, and the command that follows. */
export interface Problem {
  readonly dataset: string;
  readonly batchDate: string;
  readonly kind: 'failed' | 'held' | 'late' | 'missing';
  /** Workflow ID of the run; absent if no run has started. */
  readonly workflowId?: string;
  /** `ventas 2026-02-08 norte`, or the dataset and its batch date. */
  readonly title: string;
  readonly failureType?: string;
  readonly reason: string;
  /** What to do before the command. */
  readonly first?: string;
  /** Command that precedes `command`. */
  readonly prepare?: string;
  /** Absent if the batch goes on by itself. */
  readonly command?: string;
}

/** Problems of runs for each batch; the others are counted. */
const maxPerBatch = 10;

/** Runs that are read in full, several at a time: a command that repeats the event needs the event. */
const maxRead = 50;
const readsAtATime = 8;

/** Longest time in milliseconds to read a run; afterwards, the command follows from its memo. */
const readMs = 1500;

/** Returns the problems of a night, the most urgent batches first. `more`: number of problems that are left out. */
export async function problemsOf(
  night: Night,
  server: Server,
  left: () => number,
): Promise<{ readonly problems: readonly Problem[]; readonly more: number }> {
  const listed = night.batches.flatMap((batch) => runsToShow(batch).map((run) => ({ batch, run })));
  const shown = listed.filter(({ batch, run }) => runsToShow(batch).indexOf(run) < maxPerBatch);
  const client = 'client' in server ? server.client : undefined;
  const views = await inTurn([...shown.entries()], readsAtATime, ([index, { run }]) =>
    viewOf(night, index < maxRead ? client : undefined, run, Math.min(readMs, left())),
  );
  const ofRuns = shown.map(({ batch, run }, index) => problemOfRun(batch, run, views[index]));
  const problems = night.batches.flatMap((batch) => [
    ...ofRuns.filter(({ dataset, batchDate }) => dataset === batch.dataset && batchDate === batch.batchDate),
    ...problemOfBatch(batch),
  ]);
  return { problems, more: listed.length - shown.length };
}

/** Returns the problem runs; a held batch only if none of its files shows why. */
function runsToShow({ problems }: NightBatch): readonly RunFact[] {
  const hasFiles = problems.some(({ kind, state }) => kind === 'file' && state === 'held');
  return problems.filter(({ kind, state }) => !(kind === 'batch' && state === 'held' && hasFiles));
}

async function viewOf(
  night: Night,
  client: Client | undefined,
  run: RunFact,
  ms: number,
): Promise<RunView | undefined> {
  const facts = night.runs.get(run.runId);
  const known = facts && runViewOf(facts, etlCommand);
  if (!client || ms <= 0) return known;
  return bounded(readRun(client, run, etlCommand), ms).catch(() => known);
}

function problemOfRun({ dataset, batchDate }: NightBatch, run: RunFact, view: RunView | undefined): Problem {
  const { workflowId, kind, state } = run;
  const failureType = view?.failureType ?? run.failureType;
  const next = view?.next?.kind === 'command' ? view.next : undefined;
  // A batch finds the files of its day by itself, whatever had started it.
  const isBatch = kind === 'batch' && state === 'failed';
  const command = isBatch ? etlCommand(...batchArgs(dataset, batchDate)) : next?.command;
  return {
    dataset,
    batchDate,
    kind: state === 'held' ? 'held' : 'failed',
    workflowId,
    title: kind === 'batch' ? `${dataset} ${batchDate}` : (view?.title ?? workflowId),
    ...(failureType !== undefined && { failureType }),
    reason: view?.reason ?? run.reason ?? '',
    ...(next && { first: next.why }),
    ...(command !== undefined && { command }),
  };
}

function problemOfBatch(batch: NightBatch): Problem[] {
  const { dataset, batchDate, state, expected, hasSchedule, openRuns } = batch;
  const about = { dataset, batchDate, title: `${dataset} ${batchDate}` };
  if (!expected || (state !== 'missing' && state !== 'late')) return [];
  const { startsAt, deadlineAt = startsAt, catchUpUntil } = expected;
  if (state === 'missing') {
    const schedule = hasSchedule === false ? `: schedule ${dataset} does not exist in Temporal` : '';
    const catchUp =
      hasSchedule === true && catchUpUntil > Date.now() ? `; caught up until ${shortTime(catchUpUntil)}` : '';
    return [
      {
        ...about,
        kind: 'missing',
        reason: `scheduled at ${shortTime(startsAt)}, no run has started${schedule}${catchUp}`,
        ...(hasSchedule === false && {
          first: 'Create its schedule, then start this batch',
          prepare: etlCommand('dataset', 'apply'),
        }),
        command: etlCommand(...batchArgs(dataset, batchDate)),
      },
    ];
  }
  const reason = `not delivered by ${shortTime(deadlineAt)}`;
  if (waitsForStart(batch))
    return [{ ...about, kind: 'late', reason, command: etlCommand(...batchArgs(dataset, batchDate)) }];
  // The batch itself, if it runs: its end is the end of all of its files.
  const { workflowId } = openRuns.find(({ kind }) => kind === 'batch') ?? openRuns[0] ?? { workflowId: '' };
  const running = `${reason}: ${workflowId} is running`;
  return [{ ...about, kind: 'late', workflowId, reason: running, command: etlCommand('watch', workflowId) }];
}

/** Formats milliseconds since the epoch: `2026-02-08 01:30 UTC`. */
export function shortTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
