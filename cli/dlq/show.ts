import { count } from '@etl/lib/amounts';
import { oneLine } from '@etl/lib/oneLine';
import { shownUri } from '@etl/lib/text/shownUri';
import { looseDetail } from '@etl/pipeline/looseDetail';
import type { Redriven } from '../redrive';
import { failedAt, type LetterGroup } from './groups';

export function describeGroup({ letter, copies }: Pick<LetterGroup, 'letter' | 'copies'>): string[] {
  const { id, failureType, reason, workflowId, runId, event } = letter;
  const { s3Key, batchDate } = looseDetail(event);
  const facts = [
    ...(s3Key === undefined ? [] : [`file: ${shownUri(s3Key)}${batchDate === undefined ? '' : `, ${batchDate}`}`]),
    ...(workflowId === undefined ? [] : [`run: ${workflowId}${runId === undefined ? '' : ` (${runId})`}`]),
    ...(reason === undefined ? [] : [`reason: ${oneLine(reason, '; ')}`]),
    ...(copies.length > 1 ? [`letters of this event: ${copies.length}`] : []),
  ];
  return [
    `${id}  ${failedAt(letter) || 'unknown time'}  ${failureType ?? 'unknown cause'}`,
    ...facts.map((fact) => `  ${fact}`),
  ];
}

export function describeRedriven(done: readonly Redriven[], missing: readonly string[]): string[] {
  const lines = done.map(describeOne);
  if (done.length === 0 && missing.length === 0) lines.push('There are no letters.');
  return [...lines, ...missing.map((id) => `not found: ${id}`)];
}

function describeOne(each: Redriven): string {
  const runs = each.workflowIds.join(', ');
  switch (each.outcome) {
    case 'started':
      return `started ${runs}, letter ${each.id} removed`;
    case 'wouldStart':
      return `would start ${runs} for letter ${each.id}`;
    case 'running':
      return `kept: ${each.id}: ${runs} is already running`;
    case 'impossible':
      return `kept: ${each.id}: cannot be redriven: ${each.problem}`;
    case 'failedAgain':
      return `kept: ${each.id}: its event has failed again since it was listed`;
    case 'delivered':
      return `removed: ${each.id}: its event was delivered later`;
    case 'wouldRemove':
      return `would remove letter ${each.id}: its event was delivered later`;
  }
}

export function describeDiscarded(
  groups: readonly LetterGroup[],
  left: readonly LetterGroup[],
  missing: readonly string[],
): string[] {
  const lines = groups.map(({ letter, copies }) => {
    return `discarded: ${letter.id}${copies.length > 1 ? ` (${count(copies.length, 'letter')})` : ''}`;
  });
  if (groups.length + left.length + missing.length === 0) lines.push('There are no letters.');
  return [
    ...lines,
    ...left.map(({ letter }) => `kept: ${letter.id}: its event has failed again since it was listed`),
    ...missing.map((id) => `not found: ${id}`),
  ];
}
