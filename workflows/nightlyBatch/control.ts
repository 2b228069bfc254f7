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
    if (!state) throw refusal('the batch is being planned, or has ended: nothing can be changed now');
    return state;
  };
  /** Returns the state for updates that affect files not started yet. */
  const starting = (): BatchState => {
    if (isStopping()) throw refusal('the batch is ending: it starts no more files');
    return open();
  };
  const then = (answer: string): string => {
    changed();
    return answer;
  };

  onUpdate(pauseUpdate, {
    read: noArgument,
    check: () => {
      if (starting().paused) throw refusal('the batch is paused already');
    },
    handle: () => {
      open().paused = true;
      return then('paused: running files end, no other is started');
    },
    description: 'Starts no more files; those that run go on. The batch does not end while it is paused',
  });
  onUpdate(resumeUpdate, {
    read: noArgument,
    check: () => {
      if (!starting().paused) throw refusal('the batch is not paused');
    },
    handle: () => {
      open().paused = false;
      return then('resumed');
    },
    description: 'Goes on after a pause',
  });
  onUpdate(setConcurrencyUpdate, {
    read: readConcurrency,
    check: () => void starting(),
    handle: ({ maxConcurrent }) => {
      open().maxConcurrent = maxConcurrent;
      return then(`at most ${maxConcurrent} files at once`);
    },
    description: `How many files run at once: {"maxConcurrent": 1 to ${maxConcurrency}}. Fewer than now: running ones end first`,
  });
  onUpdate(retryFileUpdate, {
    read: readRetry,
    check: ({ file }) => {
      const state = starting();
      problemOf(state, file);
      if (state.retries.length >= maxRetries) throw refusal(`${maxRetries} files wait to be started again already`);
    },
    handle: ({ file }) => {
      const state = open();
      const problem = problemOf(state, file);
      state.summary = withoutProblem(state.summary, problem);
      const { uri, batchDate, workflowId } = problem;
      state.retries.push({ uri, batchDate, workflowId });
      return then(`${uri} is started again`);
    },
    description: 'Starts a file again that was not delivered: {"file": its URI or workflow ID}',
  });
  onUpdate(approveUpdate, {
    read: readApproveFiles,
    check: ({ file }) => void heldFiles(open(), file),
    handle: async ({ file, ...approval }) => {
      const held = heldFiles(open(), file);
      const lost: string[] = [];
      for (const each of held) {
        try {
          await toPipeline(each, (pipeline) => pipeline.signal(messageNames.approval, approval));
          delete each.held;
        } catch {
          lost.push(each.workflowId);
        }
      }
      if (lost.length > 0) throw refusal(`not told, since their runs have ended: ${listed(lost)}`);
      return then(`${approval.approved ? 'approved' : 'refused'}: ${listed(held.map(({ uri }) => uri))}`);
    },
    description:
      'Decides about held files: {"approved": true or false, "file": URI or workflow ID (default: all that are held), "by": who, "note": why}',
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
    description: 'Sent by a pipeline of the batch: it waits for an approval, or, without a reason, no longer',
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
    `file: ${JSON.stringify(cut(name, 200))} is none of the ${known} files whose run has failed; give its URI or workflow ID`,
  );
}

function heldFiles(state: BatchState, name: string | undefined): RunningFile[] {
  const held = state.running.filter((file) => file.held !== undefined);
  const asked = name === undefined ? held : held.filter((file) => isNamed(file, name));
  if (asked.length > 0) return asked;
  throw refusal(
    name === undefined
      ? 'no file is held'
      : `file: ${JSON.stringify(cut(name, 200))} is none of the ${held.length} held files; give its URI or workflow ID`,
  );
}
