import type { DeadLetter } from '../../activities/ports';
import type { LocalSystemUnderTest } from '../support/system';
import type { Walked } from './walk';

/** What the outside world has heard of each run. */
export interface Heard {
  /** Failure types of the dead letters. */
  readonly letters: readonly string[];
  /** Outcomes of the messages. */
  readonly outcomes: readonly string[];
}

/** Returns what was heard of a workflow, from the files that the local system keeps instead of topics and a queue. */
export function readMessages(system: LocalSystemUnderTest): (workflowId: string) => Heard {
  const letters = parsed<DeadLetter>(system.letters('dead-letters'));
  const messages = parsed<{ attributes: Record<string, string> }>(
    ['outbox/etl-success', 'outbox/etl-alerts'].flatMap((folder) => system.letters(folder)),
  );
  const lettersOf = grouped(letters, ({ workflowId }) => workflowId);
  const messagesOf = grouped(messages, ({ attributes }) => attributes.workflowId ?? '');
  return (workflowId) => ({
    letters: (lettersOf.get(workflowId) ?? []).map(({ failureType }) => failureType),
    outcomes: (messagesOf.get(workflowId) ?? []).map(({ attributes }) => attributes.outcome ?? ''),
  });
}

/** A message comes at least once and says how the run ended; a failed run, and no other, leaves one dead letter. */
export function wrongMessages({ status, failureType }: Walked, { letters, outcomes }: Heard): string[] {
  // It may have been ended in the middle of telling.
  if (status === 'TERMINATED') return [];
  const owed = status === 'COMPLETED' ? 'success' : status === 'CANCELLED' ? 'cancelled' : 'failure';
  const others = outcomes.filter((outcome) => outcome !== owed);
  const expected = status === 'FAILED' ? [failureType] : [];
  return [
    ...(outcomes.includes(owed) ? [] : [`no message of ${owed}`]),
    ...(others.length > 0 ? [`a message of ${others.join(', ')}`] : []),
    ...(letters.join() === expected.join() ? [] : [`dead letters: ${letters.join() || 'none'}`]),
  ];
}

const parsed = <T>(texts: readonly string[]): T[] => texts.map((text) => JSON.parse(text) as T);

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
