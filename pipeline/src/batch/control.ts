import { fieldsOf, isText, isWhole, type Reading } from '@etl/lib/reading';
import { type Approval, readApproval } from '../approval';
import type { FileResult } from './fileResult';

/** Files that are converted at once. */
export const maxConcurrency = 500;
export const defaultConcurrency = 20;
/** A feed that did not come must not look like one that was delivered. */
export const defaultMinFiles = 1;
/**
 * Files under way, with those that wait for an approval. Temporal lets a workflow have 2,000 pending children, and what a run
 * hands over to the next one is a payload of 2 MiB at the most.
 */
export const maxUnderWay = 750;

/** Input of the update `setConcurrency`. */
export interface SetConcurrency {
  readonly maxConcurrent: number;
}

/** Input of the update `retryFile`: the URI or the workflow ID of a file that was not delivered. */
export interface RetryFile {
  readonly file: string;
}

/** Input of the update `approve` of a batch: one held file by its URI or workflow ID; without it, all of them. */
export interface ApproveFiles extends Approval {
  readonly file?: string;
}

/** In characters, of the URI or the workflow ID of a file. */
const maxName = 16_384;

/** Reads the input of `setConcurrency`. */
export function readConcurrency(input: unknown): Reading<SetConcurrency> {
  const { maxConcurrent } = fieldsOf(input);
  if (isWhole(maxConcurrent, 1, maxConcurrency)) return { value: { maxConcurrent } };
  return { problem: `maxConcurrent must be a whole number from 1 to ${maxConcurrency}` };
}

/** Reads the input of `retryFile`. */
export function readRetry(input: unknown): Reading<RetryFile> {
  const { file } = fieldsOf(input);
  return isText(file, maxName) ? { value: { file } } : { problem: fileProblem };
}

/** Reads the input of the update `approve` of a batch. */
export function readApproveFiles(input: unknown): Reading<ApproveFiles> {
  const { file, ...rest } = fieldsOf(input);
  // A pipeline ignores a signal of another form, and its sender does not learn of that.
  const reading = readApproval(rest);
  if ('problem' in reading) return reading;
  if (file !== undefined && !isText(file, maxName)) return { problem: fileProblem };
  return { value: { ...reading.value, ...(file !== undefined && { file }) } };
}

const fileProblem = 'file: write the URI or the workflow ID of a file';

/** A file whose pipeline waits for an approval. */
export interface FileHeld {
  readonly workflowId: string;
  readonly reason: string;
}

/** Payload of the signal `fileHeld`, from a pipeline to its batch: it waits for an approval, or, without a reason, no longer. */
export interface FileHeldSignal {
  readonly workflowId: string;
  readonly reason?: string;
  /** How long it waits, in ISO 8601. */
  readonly until?: string;
}

/** What the query `status` of a batch answers. */
export interface BatchStatus {
  readonly phase: 'plan' | 'files' | 'last' | 'end' | 'done';
  readonly paused: boolean;
  readonly maxConcurrent: number;
  readonly running: number;
  readonly held: readonly FileHeld[];
  readonly counts: Readonly<Record<'files' | FileResult['outcome'], number>>;
  /** The latest of them. */
  readonly problems: readonly FileResult[];
  /** The day that is being listed; absent when all files are known. */
  readonly listing?: string;
}
