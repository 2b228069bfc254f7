import { fieldsOf, isAmount, isText, isWhole, type Reading, Undecoded } from '@etl/lib/reading';
import { maxConcurrency, maxInFlight } from '@etl/pipeline/batch/control';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { priorityKeys } from '@etl/pipeline/priority';
import type { BatchState } from './state';

/** State that a run of a batch passes to the next run. */
export interface Continued {
  readonly state?: BatchState;
  /** Maximum number of pipelines that a run starts before it continues as new. */
  readonly startsPerRun?: number;
}

/** Longest URI or ID, in characters. */
const mostText = 16_384;

const counts = [
  'files',
  'delivered',
  'skipped',
  'invalid',
  'failed',
  'cancelled',
  'rowsWritten',
  'rowsRejected',
  'costUsd',
];

const priorities: readonly unknown[] = priorityKeys;

const outcomes: readonly unknown[] = [
  'delivered',
  'skipped',
  'invalid',
  'failed',
  'cancelled',
] satisfies FileResult['outcome'][];

/** Reads the second argument of `nightlyBatch`, which the first run of a batch does not have. */
export function readContinued(input: unknown): Reading<Continued> {
  if (input === undefined || input === null) return { value: {} };
  if (input instanceof Undecoded) return input;
  const { state, startsPerRun } = fieldsOf(input);
  if (startsPerRun !== undefined && !isWhole(startsPerRun, 1)) return { problem: 'startsPerRun: expected 1 or more' };
  if (!isObject(input) || (state !== undefined && !isState(state)))
    return { problem: 'state: expected the state of an earlier run of the batch; leave it out' };
  return { value: input as Continued };
}

function isState(input: unknown): boolean {
  const { plan, batch, cursor, summary, running, retries, results, pages, paused, maxConcurrent } = fieldsOf(input);
  const { day, after = '' } = fieldsOf(cursor);
  const { workflowId, runId } = fieldsOf(batch);
  return (
    isPlan(plan) &&
    [workflowId, runId].every((text) => isText(text, mostText)) &&
    (cursor === undefined || (isText(day, 10) && isText(after, mostText))) &&
    isSummary(summary) &&
    isListOf(running, isFile, maxInFlight) &&
    isListOf(retries, isFile, maxInFlight) &&
    isListOf(results, isResult) &&
    isWhole(pages, 0) &&
    typeof paused === 'boolean' &&
    isWhole(maxConcurrent, 1, maxConcurrency)
  );
}

function isPlan(input: unknown): boolean {
  const { prefix, from, to, destination, detail, priority = 1 } = fieldsOf(input);
  const areDays = isText(from, 10) && isText(to, 10);
  return (
    areDays &&
    isText(prefix, mostText) &&
    isText(destination, mostText) &&
    isObject(detail) &&
    priorities.includes(priority)
  );
}

function isSummary(input: unknown): boolean {
  const summary = fieldsOf(input);
  const { from, to } = fieldsOf(summary.dates);
  const areDays = isText(from, 10) && isText(to, 10);
  const { problems, warnings = [], leftOut = {}, notFiles = 0, results = '' } = summary;
  return (
    areDays &&
    [...counts.map((name) => summary[name]), notFiles].every(isAmount) &&
    isListOf(problems, isResult) &&
    isListOf(warnings, isAnyText) &&
    isObject(leftOut) &&
    Object.values(fieldsOf(leftOut)).every(isAmount) &&
    isAnyText(results)
  );
}

function isFile(input: unknown): boolean {
  const { uri, batchDate, workflowId, runId = '', held = '' } = fieldsOf(input);
  return [uri, batchDate, workflowId, runId, held].every(isAnyText);
}

function isResult(input: unknown): boolean {
  const { outcome, failureType = '', reason = '', schemaWarning = '', ...rest } = fieldsOf(input);
  const { rowsWritten = 0, rowsRejected = 0, costUsd = 0 } = rest;
  return (
    isFile(input) &&
    outcomes.includes(outcome) &&
    [failureType, reason, schemaWarning].every(isAnyText) &&
    [rowsWritten, rowsRejected, costUsd].every(isAmount)
  );
}

function isListOf(input: unknown, is: (item: unknown) => boolean, most = Number.MAX_SAFE_INTEGER): boolean {
  return Array.isArray(input) && input.length <= most && input.every(is);
}

const isAnyText = (input: unknown): boolean => isText(input, mostText);

const isObject = (input: unknown): boolean => typeof input === 'object' && input !== null && !Array.isArray(input);
