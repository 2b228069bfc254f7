import { parseEvent } from './event';

/** Keys that each file has for itself. */
const ofEachFile = ['s3Key', 'batchDate', 'source'] as const;

/** What is wrong with the keys of an event that many files share; empty when nothing is. */
export function sharedDetailProblems(detail: Readonly<Record<string, unknown>>): string[] {
  const taken = ofEachFile.filter((key) => key in detail).map((key) => `${key}: is made for each file`);
  const sample = { ...detail, s3Key: 's3://bucket/key.csv', batchDate: '2026-01-01', source: undefined };
  const parsed = parseEvent({ detail: sample });
  return [...taken, ...(parsed.ok ? [] : parsed.reasons.map((reason) => reason.replace(/^detail\./, '')))];
}
