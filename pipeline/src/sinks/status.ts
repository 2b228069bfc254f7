import { parseJsonOr } from '@etl/lib/json';
import { fieldsOf, isAmount } from '@etl/lib/reading';
import type { SinkType } from './sink';

/**
 * Recorded status of a sink of a batch: the file `status.json` beside the commit log. The record of the sink itself takes
 * precedence.
 */
export interface SinkStatus {
  readonly type: SinkType;
  /** Number of the newest commit that was applied; absent if there is none. */
  readonly applied?: number;
  /** Description of what was applied, in one line. */
  readonly detail?: string;
  /** The latest attempt, if it failed. */
  readonly failed?: { readonly commit: number; readonly reason: string };
  /** Time of the latest attempt, in ISO 8601. */
  readonly at: string;
}

/** Parses a status. Returns undefined for any other text. */
export function parseSinkStatus(text: string): SinkStatus | undefined {
  const status = parseJsonOr(text, undefined);
  const { type, applied, at } = fieldsOf(status);
  const isStatus = typeof type === 'string' && typeof at === 'string' && (applied === undefined || isAmount(applied));
  return isStatus ? (status as SinkStatus) : undefined;
}

/** Returns whether a sink lacks a commit according to its status. */
export function isBehind(status: SinkStatus | undefined, commit: number): boolean {
  return (status?.applied ?? 0) < commit;
}
