import { count } from '@etl/lib/amounts';
import { fieldsOf, isAmount } from '@etl/lib/reading';
import { missed } from '../batch/summary';
import type { CommandText } from '../command';
import type { FailureType } from '../failures/table';
import type { Common } from './common';
import { outcomeOf, silentEnds, silentTypes } from './ends';
import { runViewOfFile } from './fileView';
import { filesIn, listOf, textOf, textsIn } from './loose';
import { openPart } from './openPart';
import type { RunFacts } from './runFacts';
import type { RunView } from './runView';
import { stepOfFailure } from './stepOfFailure';

/** Problems of a batch that its view lists. */
const maxProblems = 10;

/** Returns the view of a batch. */
export function batchView(facts: RunFacts, common: Common, command?: CommandText): RunView {
  const { workflowId, result, failure } = facts;
  const memo = fieldsOf(facts.memo?.batch);
  const answer = fieldsOf(facts.answer);
  const isOpen = facts.endedAt === undefined;
  const summary = { ...memo, ...fieldsOf(result) };
  const waiting = listOf(answer.held);
  const isHeld = waiting.length > 0 && answer.running === 0;
  const outcome = isOpen ? (isHeld ? 'held' : 'running') : outcomeOf(facts.status);
  const { from, to } = fieldsOf(summary.dates);
  const batchDate = textOf(from) !== undefined && from === to ? textOf(from) : textOf(fieldsOf(facts.input).batchDate);
  const dataset = textOf(fieldsOf(facts.input).dataset);
  const batch = { ...(dataset !== undefined && { dataset }), ...(batchDate !== undefined && { batchDate }) };
  const counts = isOpen ? fieldsOf(answer.counts) : summary;
  const files: Record<string, number> = Object.fromEntries(
    fileCounts.flatMap((name) => (isAmount(counts[name]) ? [[name, counts[name]]] : [])),
  );
  const listed = filesIn(isOpen ? answer.problems : summary.problems, maxProblems);
  const problems = listed.map((file) => runViewOfFile(file, command));
  const base = {
    ...common,
    kind: 'batch' as const,
    batch,
    title: workflowId,
    outcome,
    problems,
    ...(Object.keys(files).length > 0 && { files }),
    ...(isAmount(summary.costUsd) && { costUsd: summary.costUsd }),
    ...(isAmount(summary.rowsWritten) && {
      rows: { written: summary.rowsWritten, rejected: isAmount(summary.rowsRejected) ? summary.rowsRejected : 0 },
    }),
  };
  if (isOpen) {
    const [held] = waiting.map((each) => textOf(fieldsOf(each).reason));
    return {
      ...base,
      ...openPart({ ...facts, answer: { step: answer.phase } }, []),
      ...(isHeld && { failureType: 'Held', ...(held !== undefined && { reason: held }) }),
    };
  }
  if (outcome === 'delivered') return { ...base, step: 'done' };
  const failureType =
    failure?.type ?? textOf(memo.failureType) ?? silentTypes[outcome] ?? typesOfEnds[String(memo.ended)] ?? 'Unknown';
  const reason = failure?.message ?? textOf(memo.reason) ?? silentEnds[outcome] ?? incompleteReason(failureType, files);
  const reasons = failureType === 'InvalidInput' ? textsIn(memo.reasons) : [];
  const step = stepOfFailure(failureType, reason ?? '', []);
  return {
    ...base,
    failureType,
    ...(reason !== undefined && { reason }),
    reasons: reasons.length > 1 ? reasons : [],
    ...(step !== undefined && { step }),
  };
}

/** Failure types of the ends of a batch, which its memo records without a type. */
const typesOfEnds: Readonly<Record<string, FailureType>> = { incomplete: 'BatchIncomplete', tooFew: 'BatchIncomplete' };

/** Returns why a batch is incomplete, from its counts: a list of runs has no failures. */
function incompleteReason(failureType: string, counts: Readonly<Record<string, number>>): string | undefined {
  const { files } = counts;
  if (failureType !== 'BatchIncomplete' || files === undefined) return undefined;
  const left = missed(counts);
  if (left > 0) return `${left} of ${files} files were not delivered`;
  return `found ${files === 0 ? 'no files' : `only ${count(files, 'file')}`}, fewer than minFiles`;
}

const fileCounts = ['files', 'delivered', 'skipped', 'invalid', 'failed', 'cancelled'] as const;
