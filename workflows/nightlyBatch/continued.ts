import { maxConcurrency, maxUnderWay } from '@etl/pipeline/batch/control';
import { fieldsOf, isAmount, isText, isWhole, type Reading, Undecoded } from '@etl/pipeline/reading';
import type { BatchState } from './state';

/** What a run of a batch hands over to the one that follows it. */
export interface Continued {
  readonly state?: BatchState;
  /** A run starts so many pipelines at most, then a new one continues. */
  readonly startsPerRun?: number;
}

/** In characters, of a URI or an ID. */
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

/** Reads the second argument of `nightlyBatch`, which the first run of a batch does not have. */
export function readContinued(input: unknown): Reading<Continued> {
  if (input === undefined || input === null) return { value: {} };
  if (input instanceof Undecoded) return input;
  const { state, startsPerRun } = fieldsOf(input);
  if (startsPerRun !== undefined && !isWhole(startsPerRun, 1)) return { problem: 'startsPerRun: expected 1 or more' };
  if (!isObject(input) || (state !== undefined && !isState(state)))
    return { problem: 'state: expected what an earlier run of the batch has handed over; leave it out' };
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
    isListOf(running, isFile, maxUnderWay) &&
    isListOf(retries, isFile, maxUnderWay) &&
    isListOf(results, isResult) &&
    isWhole(pages, 0) &&
    typeof paused === 'boolean' &&
    isWhole(maxConcurrent, 1, maxConcurrency)
  );
}

function isPlan(input: unknown): boolean {
  const { prefix, from, to, destination, detail } = fieldsOf(input);
  const areDays = isText(from, 10) && isText(to, 10);
  return areDays && isText(prefix, mostText) && isText(destination, mostText) && isObject(detail);
}

function isSummary(input: unknown): boolean {
  const summary = fieldsOf(input);
  const { from, to } = fieldsOf(summary.dates);
  const areDays = isText(from, 10) && isText(to, 10);
  return areDays && counts.every((name) => isAmount(summary[name])) && isListOf(summary.problems, isResult);
}

function isFile(input: unknown): boolean {
  const { uri, batchDate, workflowId, runId = '' } = fieldsOf(input);
  return [uri, batchDate, workflowId, runId].every((text) => isText(text, mostText));
}

function isResult(input: unknown): boolean {
  return isFile(input) && isText(fieldsOf(input).outcome, 20);
}

function isListOf(input: unknown, is: (item: unknown) => boolean, most = Number.MAX_SAFE_INTEGER): boolean {
  return Array.isArray(input) && input.length <= most && input.every(is);
}

const isObject = (input: unknown): boolean => typeof input === 'object' && input !== null && !Array.isArray(input);
