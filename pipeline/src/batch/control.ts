import { fieldsOf, isText, isWhole, type Reading } from '@etl/lib/reading';
import { type Approval, readApproval } from '../approval';
import type { FileResult } from './fileResult';

/** Maximum number of files that are converted concurrently. */
export const maxConcurrency = 500;
export const defaultConcurrency = 20;
/** A feed that did not arrive must not look like a delivered one. */
export const defaultMinFiles = 1;
/**
 * Maximum number of files under way, including those that wait for an approval. Temporal allows a workflow 2,000
 * pending children, and a run passes at most 2 MiB of payload to the next one.
 */
export const maxInFlight = 750;

/** Input of the update `setConcurrency`. */
export interface SetConcurrency {
  readonly maxConcurrent: number;
}

/** Input of the update `retryFile`: URI or workflow ID of a file that was not delivered. */
export interface RetryFile {
  readonly file: string;
}

/** Input of the update `approve` of a batch: a held file by its URI or workflow ID; without it, all held files. */
export interface ApproveFiles extends Approval {
  readonly file?: string;
}

/** Maximum length, in characters, of a file's URI or workflow ID. */
const maxName = 16_384;

/** Parses the input of `setConcurrency`. */
export function readConcurrency(input: unknown): Reading<SetConcurrency> {
  const { maxConcurrent } = fieldsOf(input);
  if (isWhole(maxConcurrent, 1, maxConcurrency)) return { value: { maxConcurrent } };
  return { problem: `maxConcurrent must be a whole number from 1 to ${maxConcurrency}` };
}

/** Parses the input of `retryFile`. */
export function readRetry(input: unknown): Reading<RetryFile> {
  const { file } = fieldsOf(input);
  return isText(file, maxName) ? { value: { file } } : { problem: fileProblem };
}

/** Parses the input of the update `approve` of a batch. */
export function readApproveFiles(input: unknown): Reading<ApproveFiles> {
  const { file, ...rest } = fieldsOf(input);
  // A pipeline ignores an invalid signal, and its sender gets no error.
  const reading = readApproval(rest);
  if ('problem' in reading) return reading;
  if (file !== undefined && !isText(file, maxName)) return { problem: fileProblem };
  return { value: { ...reading.value, ...(file !== undefined && { file }) } };
}

const fileProblem = 'file: expected the URI or the workflow ID of a file';

/** A file whose pipeline waits for an approval. */
export interface FileHeld {
  readonly workflowId: string;
  readonly reason: string;
}

/**
 * Payload of the signal `fileHeld` from a pipeline to its batch: it waits for an approval or, without a reason, has
 * stopped waiting.
 */
export interface FileHeldSignal {
  readonly workflowId: string;
  readonly reason?: string;
  /** End of the wait, ISO 8601. */
  readonly until?: string;
}

/** Result of the query `status` of a batch. */
export interface BatchStatus {
  readonly phase: 'plan' | 'files' | 'last' | 'end' | 'done';
  readonly paused: boolean;
  readonly maxConcurrent: number;
  readonly running: number;
  readonly held: readonly FileHeld[];
  readonly counts: Readonly<Record<'files' | FileResult['outcome'], number>>;
  /** The latest problems. */
  readonly problems: readonly FileResult[];
  /** The day that is being listed; absent when all files are known. */
  readonly listing?: string;
}
