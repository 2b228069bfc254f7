import { capped, cut } from '@etl/lib/capped';
import {
  type ApproveFiles,
  type FileHeldSignal,
  maxConcurrency,
  type RetryFile,
  readApproveFiles,
  readConcurrency,
  readRetry,
  type SetConcurrency,
} from '@etl/pipeline/batch/control';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { shortReason } from '@etl/pipeline/batch/fileResult';
import { withoutProblem } from '@etl/pipeline/batch/summary';
import { messageNames } from '@etl/pipeline/definition';
import { readFileHeld } from '@etl/pipeline/runMessages';
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { noArgument, onSignal, onUpdate, refusal } from '../handlers';
import { notifyHeld } from './end';
import type { BatchState, RunningFile } from './state';
import { toPipeline } from './toPipeline';

export const pauseUpdate = defineUpdate<string, []>(messageNames.pause);
export const resumeUpdate = defineUpdate<string, []>(messageNames.resume);
export const setConcurrencyUpdate = defineUpdate<string, [SetConcurrency]>(messageNames.setConcurrency);
export const retryFileUpdate = defineUpdate<string, [RetryFile]>(messageNames.retryFile);
export const approveUpdate = defineUpdate<string, [ApproveFiles]>(messageNames.approve);
export const fileHeldSignal = defineSignal<[FileHeldSignal]>(messageNames.fileHeld);

/** Maximum number of files that wait for a retry. */
const maxRetries = 100;

export interface Controlled {
  /** Returns the state; undefined while the batch is planned and after it has ended. */
  readonly state: () => BatchState | undefined;
  /** Returns true once the batch starts no more files, whatever is requested. */
  readonly isStopping: () => boolean;
  readonly changed: () => void;
}

/** Registers the updates and signals that control a running batch. */
export function listenToControl({ state: current, isStopping, changed }: Controlled): void {
  const open = (): BatchState => {
    const state = current();
    if (!state) throw refusal('the batch is still being planned or has ended: it cannot be changed now');
    return state;
  };
  /** Returns the state for updates that affect files not started yet. */
  const starting = (): BatchState => {
    if (isStopping()) throw refusal('the batch is ending: it starts no more files');
    return open();
  };
  const reply = (answer: string): string => {
    changed();
    return answer;
  };

  onUpdate(pauseUpdate, {
    read: noArgument,
    check: () => {
      if (starting().paused) throw refusal('the batch is already paused');
    },
    handle: () => {
      open().paused = true;
      return reply('paused: running files finish, no others start');
    },
    description: 'Stops starting files; running files finish. A paused batch does not end',
  });
  onUpdate(resumeUpdate, {
    read: noArgument,
    check: () => {
      if (!starting().paused) throw refusal('the batch is not paused');
    },
    handle: () => {
      open().paused = false;
      return reply('resumed');
    },
    description: 'Resumes a paused batch',
  });
  onUpdate(setConcurrencyUpdate, {
    read: readConcurrency,
    check: () => void starting(),
    handle: ({ maxConcurrent }) => {
      open().maxConcurrent = maxConcurrent;
      return reply(`at most ${maxConcurrent} files at once`);
    },
    description: `Sets how many files run at once: {"maxConcurrent": 1 to ${maxConcurrency}}. A lower number applies as running files end`,
  });
  onUpdate(retryFileUpdate, {
    read: readRetry,
    check: ({ file }) => {
      const state = starting();
      problemOf(state, file);
      if (state.retries.length >= maxRetries) throw refusal(`${maxRetries} files are already waiting to be restarted`);
    },
    handle: ({ file }) => {
      const state = open();
      const problem = problemOf(state, file);
      state.summary = withoutProblem(state.summary, problem);
      const { uri, batchDate, workflowId } = problem;
      state.retries.push({ uri, batchDate, workflowId });
      return reply(`${uri} is restarted`);
    },
    description: 'Restarts a file that was not delivered: {"file": its URI or workflow ID}',
  });
  onUpdate(approveUpdate, {
    read: readApproveFiles,
    check: ({ file }) => void heldFiles(open(), file),
    handle: async ({ file, ...approval }) => {
      const held = heldFiles(open(), file);
      const unreachable: string[] = [];
      for (const each of held) {
        try {
          await toPipeline(each, (pipeline) => pipeline.signal(messageNames.approval, approval));
          delete each.held;
        } catch {
          unreachable.push(each.workflowId);
        }
      }
      if (unreachable.length > 0) throw refusal(`not sent, because their runs have ended: ${listed(unreachable)}`);
      return reply(`${approval.approved ? 'approved' : 'rejected'}: ${listed(held.map(({ uri }) => uri))}`);
    },
    description:
      'Approves or rejects held files: {"approved": true or false, "file": URI or workflow ID (default: all held files), "by": who, "note": why}',
  });
  onSignal(fileHeldSignal, {
    read: readFileHeld,
    handle: async ({ workflowId, reason, until }) => {
      const state = current();
      const file = state?.running.find((each) => each.workflowId === workflowId);
      if (!state || !file) return;
      if (reason === undefined) {
        delete file.held;
        changed();
        return;
      }
      const isFirst = state.running.every(({ held }) => held === undefined);
      file.held = shortReason(reason);
      changed();
      if (isFirst) await notifyHeld(state, file, until);
    },
    description: 'Sent by a pipeline of the batch: it waits for an approval or, without a reason, has stopped waiting',
  });
}

/** Maximum number of names that a reply lists; the reply counts the others. */
const maxListed = 20;

const listed = (names: readonly string[]): string => capped(names, maxListed).join(', ');

const isNamed = (file: { uri: string; workflowId: string }, name: string): boolean =>
  file.uri === name || file.workflowId === name;

/**
 * Returns the failed file with this URI or workflow ID. Only files that had a pipeline can be retried: a file that was
 * rejected before would be rejected again.
 */
function problemOf(state: BatchState, name: string): FileResult {
  const found = state.summary.problems.find((each) => isNamed(each, name) && each.failureType !== undefined);
  if (found) return found;
  const known = state.summary.problems.filter(({ failureType }) => failureType !== undefined).length;
  throw refusal(
    `file: ${JSON.stringify(cut(name, 200))} is not one of the ${known} files whose run has failed; use its URI or workflow ID`,
  );
}

function heldFiles(state: BatchState, name: string | undefined): RunningFile[] {
  const held = state.running.filter((file) => file.held !== undefined);
  const matching = name === undefined ? held : held.filter((file) => isNamed(file, name));
  if (matching.length > 0) return matching;
  throw refusal(
    name === undefined
      ? 'no file is held'
      : `file: ${JSON.stringify(cut(name, 200))} is not one of the ${held.length} held files; use its URI or workflow ID`,
  );
}
