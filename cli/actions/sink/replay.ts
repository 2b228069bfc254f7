import { count, number } from '@etl/lib/amounts';
import { md, shownAs } from '@etl/lib/text/markdown';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { remedyOf } from '@etl/pipeline/failures/remedies';
import { replayWorkflowId } from '@etl/pipeline/layout';
import { nextLines } from '@etl/pipeline/runs/failureView';
import { line, many } from '@etl/pipeline/runs/lines';
import type { Client, WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import { type Follower, follow } from '../../../client/follow';
import { temporalClient } from '../../../config/temporalClient';
import type { ReplayInput, ReplayReport } from '../../../workflows/replaySinks';
import { datesOf } from '../../dates';
import { detachOnInterrupt } from '../../detachOnInterrupt';
import { exitCodeOfFailure } from '../../errors';
import { etlCommand } from '../../hints';
import { createLine, printHeadline, printJson, printLines } from '../../output';
import { withClient } from '../../withClient';

export interface ReplayOptions {
  readonly sink?: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Output of `etl sink replay --json`. */
export interface ReplayEnd {
  readonly workflowId: string;
  /** Whether a replay was already running, possibly with other options. */
  readonly joined: boolean;
  /** Temporal's name of the status. */
  readonly status: string;
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly report: ReplayReport | null;
}

/** Starts a replay of a dataset's sinks, or joins the running one, and follows it to its end. */
export async function replay(dataset: string, options: ReplayOptions): Promise<void> {
  const input = replayInput(dataset, options);
  await withClient(async (client) => {
    const { handle, joined } = await startReplay(client, input);
    const { workflowId } = handle;
    const counter = options.json ? undefined : createLine(process.stdout);
    const restoreInterrupt = detachOnInterrupt('replay', workflowId, () => counter?.end());
    if (!options.json) printLines(joined ? describeJoined(workflowId, dataset) : [`Started ${workflowId}`]);
    const end = await followReplay(
      handle,
      joined,
      counter && { onStatus: (report) => counter.show(describeCounts(report)), onProblem: counter.note },
    );
    restoreInterrupt();
    counter?.end();
    if (options.json) printJson(end);
    else printEnd(input, end);
    process.exitCode = end.status === 'COMPLETED' ? exitCodes.done : exitCodeOfFailure(end.failureType);
  });
}

/**
 * Returns the argument of the workflow. With dates, all selected batches are applied, whatever their status: the status
 * does not show that a catalog was deleted and must be built again.
 */
export function replayInput(dataset: string, { sink, all = false, ...options }: ReplayOptions): ReplayInput {
  const dates = datesOf(options);
  const again = all || Object.keys(dates).length > 0;
  return { dataset, ...(sink !== undefined && { sink }), ...dates, ...(again && { all: true }) };
}

/** Starts a replay, or finds the running one of the dataset. */
export async function startReplay(client: Client, input: ReplayInput) {
  const workflowId = replayWorkflowId(input.dataset);
  const { dataset, sink = 'all sinks' } = input;
  try {
    const handle = await client.workflow.start(workflowTypes.sinkReplay, {
      workflowId,
      taskQueue: taskQueues.main,
      args: [input],
      ...shownAs(`Sinks of ${dataset}`, md`${dataset}, ${sink}`),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return { handle, joined: false };
  } catch (error) {
    if (!(error instanceof temporalClient().WorkflowExecutionAlreadyStartedError)) throw error;
    return { handle: client.workflow.getHandle(workflowId), joined: true };
  }
}

/** Waits until a replay closes. */
export async function followReplay(
  handle: WorkflowHandle,
  joined: boolean,
  follower: Follower<ReplayReport> | undefined,
): Promise<ReplayEnd> {
  const { workflowId } = handle;
  try {
    const report: ReplayReport = await follow(handle, follower);
    return { workflowId, joined, status: 'COMPLETED', failureType: null, reason: null, report };
  } catch (error) {
    if (!(error instanceof temporalClient().WorkflowFailedError)) throw error;
    return { workflowId, joined, ...(await failedEnd(handle, error)) };
  }
}

/** Reads the report from the memo, because a failed workflow has no result. */
async function failedEnd(
  handle: WorkflowHandle,
  { cause, message }: WorkflowFailedError,
): Promise<Omit<ReplayEnd, 'workflowId' | 'joined'>> {
  const { status, memo } = await handle.describe();
  const failureType = cause instanceof temporalClient().ApplicationFailure ? (cause.type ?? null) : null;
  const report = (memo?.sinks as ReplayReport | undefined) ?? null;
  return { status: status.name, failureType, reason: cause?.message ?? message, report };
}

function describeJoined(workflowId: string, dataset: string): string[] {
  return [
    `Following ${workflowId}, which was already running`,
    `It may select other batches. If ${dataset} is still behind when it ends, run this command again`,
  ];
}

const describeCounts = ({ applied, failed, current }: ReplayReport): string =>
  `${number(applied)} applied, ${number(failed)} failed, ${count(current, 'batch', 'batches')} already current`;

function printEnd(input: ReplayInput, end: ReplayEnd): void {
  const [headline = '', ...lines] = describeEnd(input, end);
  printHeadline(headline, end.status === 'COMPLETED' ? 'green' : 'red');
  printLines(lines);
}

/** Returns the end of a replay as text lines. Formats a failure like that of a run. */
export function describeEnd(input: ReplayInput, end: ReplayEnd): string[] {
  const { workflowId, status, failureType, reason, report } = end;
  if (status === 'COMPLETED') return report ? [describeCounts(report)] : [];
  const { failures = [], failed = 0 } = report ?? {};
  const listed = failures.map(
    ({ batch, sink, reason: why }) => `${batch.dataset} ${batch.batchDate} ${batch.source}: ${sink}: ${why}`,
  );
  const more = failed > listed.length && listed.length > 0 ? [`… and ${failed - listed.length} more`] : [];
  const { first } = remedyOf(failureType ?? '');
  return [
    [status, failureType, `sinks of ${input.dataset}`].filter(Boolean).join(': '),
    ...many('Reason', listed.length > 0 ? [...listed, ...more] : [reason ?? status]),
    ...(report ? [line('Sinks', describeCounts(report))] : []),
    line('Run', workflowId),
    ...nextLines({ kind: 'command', why: first, command: etlCommand(...replayCommandArgs(input)) }),
  ];
}

/** Returns the arguments of the command that starts the replay again. */
function replayCommandArgs({ dataset, sink, from, to, all }: ReplayInput): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  // Dates imply --all.
  const isAll = all === true && from === undefined && to === undefined;
  const dates = [...option('--from', from), ...option('--to', to)];
  return ['sink', 'replay', dataset, ...option('--sink', sink), ...dates, ...(isAll ? ['--all'] : [])];
}
