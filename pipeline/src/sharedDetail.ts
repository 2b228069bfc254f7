import { parseEvent } from './event';

/** Keys that differ between files. */
const perFileKeys = ['s3Key', 'batchDate', 'source'] as const;

/** Returns the problems of event keys that many files share; empty when valid. */
export function sharedDetailProblems(detail: Readonly<Record<string, unknown>>): string[] {
  const conflicts = perFileKeys.filter((key) => key in detail).map((key) => `${key}: is set for each file: remove it`);
  const sample = { ...detail, s3Key: 's3://bucket/key.csv', batchDate: '2026-01-01', source: undefined };
  const parsed = parseEvent({ detail: sample });
  return [...conflicts, ...(parsed.ok ? [] : parsed.reasons.map((reason) => reason.replace(/^detail\./, '')))];
}
