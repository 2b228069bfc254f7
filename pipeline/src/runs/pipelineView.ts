import { fieldsOf, isAmount } from '@etl/lib/reading';
import { shownUri } from '@etl/lib/text/shownUri';
import type { Evidence } from '../evidence';
import type { Launch } from '../launches';
import { looseDetail } from '../looseDetail';
import type { SinkOutcome } from '../sinks/outcome';
import { batchOfRun } from './batchOfRun';
import { type Common, titleOf } from './common';
import { outcomeOf, silentEnds, silentTypes } from './ends';
import { evidenceOf, launchesIn, textOf } from './loose';
import { openPart } from './openPart';
import type { RunFacts } from './runFacts';
import type { RunOutcome, RunView } from './runView';
import { stepOfFailure } from './stepOfFailure';

/** Returns the view of a pipeline, which processes one file. */
export function pipelineView(facts: RunFacts, common: Common): RunView {
  const { workflowId, result, failure } = facts;
  const memo = fieldsOf(facts.memo?.etl);
  const answer = fieldsOf(facts.answer);
  const isOpen = facts.endedAt === undefined;
  const outcome = isOpen ? (answer.step === 'held' ? 'held' : 'running') : outcomeOf(facts.status);
  const evidence = evidenceOf(failure?.evidence);
  const { s3Key } = looseDetail(facts.input);
  const batch = batchOfRun(facts);
  const launches = launchesIn(memo.launches ?? fieldsOf(result).launches ?? answer.launches ?? evidence.launches);
  const shared = { ...common, kind: 'file' as const, workflowId, batch, title: titleOf(batch, workflowId), launches };
  const costUsd = memo.costUsd ?? fieldsOf(result).costUsd;
  const published = textOf(memo.published) ?? textOf(fieldsOf(fieldsOf(result).delivered).published);
  const view = {
    ...shared,
    outcome,
    ...(s3Key !== undefined && { file: shownUri(s3Key) }),
    ...(isAmount(costUsd) && { costUsd }),
    ...(published !== undefined && { published }),
    ...((memo.alreadyDelivered === true || fieldsOf(result).alreadyDelivered === true) && {
      alreadyDelivered: true as const,
    }),
    hasDeadLetter: textOf(fieldsOf(memo.deadLetter).letterId) !== undefined,
  };
  if (isOpen) return { ...view, ...openPart(facts, launches) };
  if (outcome === 'delivered') return { ...view, ...deliveredPart(result, memo.rows) };
  return { ...view, ...failedPart(facts, outcome, evidence, launches) };
}

/** `known`: the rows in the memo, since a list of runs has no results. */
function deliveredPart(result: unknown, known: unknown): Partial<RunView> {
  const { delivered, sinks } = fieldsOf(result);
  const { totals } = fieldsOf(delivered);
  const { rowsRead, rowsWritten, rowsRejected } = fieldsOf(totals);
  const ofMemo = fieldsOf(known);
  const [read, written, rejected] = [
    rowsRead ?? ofMemo.read,
    rowsWritten ?? ofMemo.written,
    rowsRejected ?? ofMemo.rejected,
  ];
  return {
    step: 'done',
    ...(isAmount(written) && {
      rows: { ...(isAmount(read) && { read }), written, rejected: isAmount(rejected) ? rejected : 0 },
    }),
    sinks: (Array.isArray(sinks) ? sinks : []) as readonly SinkOutcome[],
  };
}

function failedPart(
  { failure, memo: all }: RunFacts,
  outcome: RunOutcome,
  evidence: Partial<Evidence>,
  launches: readonly Launch[],
): Partial<RunView> {
  const memo = fieldsOf(all?.etl);
  const last = launches.at(-1);
  const recorded = outcome === 'failed' || outcome === 'cancelled' ? textOf(memo.outcome) : undefined;
  const failureType = failure?.type ?? recorded ?? silentTypes[outcome] ?? 'Unknown';
  // The memo of a cancelled run knows more than Temporal's own failure.
  const reason = (outcome === 'failed' ? failure?.message : undefined) ?? textOf(memo.reason) ?? silentEnds[outcome];
  const lines = evidence.logTail ?? [];
  const areReasons = reasonLists.has(failureType);
  const stopReason = stopReasonOf(evidence);
  const launch = evidence.generation ?? (areReasons ? undefined : last?.generation);
  const exitCode = evidence.exitCode ?? last?.exitCode;
  const taskArn = evidence.taskArn ?? last?.taskArn;
  const step = stepOfFailure(failureType, reason ?? '', launches);
  return {
    ...(step !== undefined && { step }),
    ...(launch !== undefined && { launch }),
    failureType,
    ...(reason !== undefined && { reason }),
    // The reasons of sinks are their outcomes.
    reasons: areReasons && failureType !== 'SinkFailed' && lines.length > 1 ? lines : [],
    ...(stopReason !== undefined && { stopReason }),
    ...(exitCode !== undefined && !areReasons && { exitCode }),
    ...(taskArn !== undefined && { taskArn }),
    ...(evidence.console !== undefined && { console: evidence.console }),
    logTail: areReasons ? [] : lines,
    ...(failureType === 'SinkFailed' && { sinks: lines.map(failedSink) }),
  };
}

/** Failure types whose evidence lists reasons instead of log lines. */
const reasonLists: ReadonlySet<string> = new Set(['InvalidInput', 'SinkFailed', 'BatchIncomplete']);

function failedSink(line: string): SinkOutcome {
  const [, sink = line, reason = ''] = /^([^:]+): (.*)$/s.exec(line) ?? [];
  return { sink, state: 'failed', reason };
}

/** Returns ECS's stop code and reason of a task that did not simply exit. */
function stopReasonOf({ stopCode, stoppedReason }: Partial<Evidence>): string | undefined {
  if (stopCode === undefined || stopCode === 'EssentialContainerExited') return undefined;
  return [stopCode, stoppedReason].filter(Boolean).join(': ');
}
