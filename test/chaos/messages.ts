import type { DeadLetter } from '../../activities/ports';
import type { LocalSystemUnderTest } from '../support/system';
import type { Walked } from './walk';

/** Notifications and dead letters of a run. */
export interface SentMessages {
  /** Failure types of the dead letters. */
  readonly letters: readonly string[];
  /** Outcomes of the messages. */
  readonly outcomes: readonly string[];
}

/**
 * Returns the notifications and dead letters by workflow, from the files that the local system writes instead of topics
 * and a queue.
 */
export function readMessages(system: LocalSystemUnderTest): (workflowId: string) => SentMessages {
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

/**
 * Every message is sent at least once and reports the outcome; a failed run, and only a failed run, leaves one dead
 * letter.
 */
export function wrongMessages({ status, failureType }: Walked, { letters, outcomes }: SentMessages): string[] {
  // A terminated run may have been interrupted while it sent notifications.
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
