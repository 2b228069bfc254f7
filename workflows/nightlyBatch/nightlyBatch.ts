import type { BatchSummary } from '@etl/pipeline/batch/summary';
import { requestProblem } from '@etl/pipeline/inputSize';
import {
  type ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { planBatch, withSummary } from '../activities';
import { asFailure, failure, failureTypeOf } from '../failures';
import { withoutUpdates } from '../handlers';
import { type Continued, readContinued } from './continued';
import { listenToControl } from './control';
import { finish, incomplete, isIncomplete, refuse, shortOfFiles, unplanned } from './end';
import { createFiles, startable } from './files';
import { addResult, hasFullPage, noteNotAFile, writePage } from './results';
import { type BatchState, beginning, hasPlace } from './state';
import { trackBatch } from './status';
import { createWindow, type Window, withoutRun } from './window';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = {
  refuseAtOnce: 'refuse-unreadable-request',
  lateCancel: 'cancel-after-last',
  holdUpdates: 'hold-updates',
} as const;

/**
 * Pipelines that a run starts before it continues as new. Well below the history's limits of 51,200 events and of size:
 * see docs/batches.md.
 */
const defaultStartsPerRun = 500;

/**
 * Delivers the files of one or several days: one `etlPipeline` per file, with bounded concurrency. The batch tries
 * every file before it ends. It ends FAILED if some files were not delivered, unless the request allows it, and if it
 * finds fewer files than the request requires.
 */
export async function nightlyBatch(request: unknown, handedOver?: Continued): Promise<BatchSummary> {
  const reading = readContinued(handedOver);
  if ('problem' in reading)
    throw failure('BadConfiguration', `the second argument of nightlyBatch: ${reading.problem}`);
  const continued = reading.value;
  let state = continued.state;
  let isStopping = false;
  let isOpen = true;
  const track = trackBatch(() => state);
  listenToControl({ state: () => (isOpen ? state : undefined), isStopping: () => isStopping, changed: track.show });
  state ??= await begin(request, track);
  const known = state;

  const window = createWindow(known, (result) => {
    addResult(known, result);
    track.show();
  });
  window.followInherited();
  track.enter('files');

  const failed = await work(known, window, continued.startsPerRun ?? defaultStartsPerRun, track).catch(asFailure);
  if (failed === 'continue') {
    return continueAsNew<typeof nightlyBatch>(request, { ...continued, state: known });
  }
  isStopping = failed !== undefined;
  const stopped = failed && lateCancel(known, await endRunning(known, window, failed));
  isOpen = false;
  track.enter('end');
  // Every file was tried: a cancellation from here on has no effect.
  const { ended, texts } = await CancellationScope.nonCancellable(async () => {
    await condition(allHandlersFinished);
    return finish(known, stopped);
  });
  track.end(texts);
  if (stopped) throw asEnd(stopped);
  const tooFew = shortOfFiles(known);
  if (isIncomplete(known, ended) || tooFew !== undefined) throw incomplete(known.summary, tooFew);
  return known.summary;
}

/**
 * Returns the failure that stopped the batch; undefined for a cancellation that arrived after all files were tried and
 * cancelled none of them.
 */
function lateCancel(state: BatchState, stopped: ApplicationFailure): ApplicationFailure | undefined {
  const isTooLate =
    failureTypeOf(stopped) === 'Cancelled' && state.cursor === undefined && state.summary.cancelled === 0;
  return isTooLate && patched(patches.lateCancel) ? undefined : stopped;
}

/** Temporal reports a run as cancelled only if it throws a CancelledFailure. */
function asEnd(failed: ApplicationFailure): Error {
  return failureTypeOf(failed) === 'Cancelled' ? new CancelledFailure('the batch was cancelled') : failed;
}

async function begin(request: unknown, track: ReturnType<typeof trackBatch>): Promise<BatchState> {
  const { workflowId, firstExecutionRunId: runId, runStartTime, searchAttributes } = workflowInfo();
  const batch = { workflowId, runId };
  // The date comes from the scheduled time, even if the schedule catches up late.
  const [scheduled] = searchAttributes.TemporalScheduledStartTime ?? [];
  const scheduledAt = (scheduled instanceof Date ? scheduled : runStartTime).toISOString();
  const problem = requestProblem(request);
  const validation = await (problem === undefined || !patched(patches.refuseAtOnce)
    ? planBatch.executeWithOptions(withSummary(workflowId), [{ request, scheduledAt }])
    : Promise.resolve({ valid: false as const, reasons: [problem] })
  ).catch(async (error: unknown) => {
    const failed = asFailure(error);
    track.refused(batch.workflowId, failureTypeOf(failed), [failed.message]);
    throw asEnd(await CancellationScope.nonCancellable(() => unplanned(error, batch)));
  });
  if (validation.valid) return beginning(validation.plan, batch);
  track.refused(workflowId, 'InvalidInput', validation.reasons);
  throw await CancellationScope.nonCancellable(() => refuse(validation.reasons, batch));
}

/**
 * Starts or skips files until none are left. Returns undefined at the end, or `'continue'` if a new run must continue.
 */
async function work(
  state: BatchState,
  window: Window,
  startsPerRun: number,
  track: ReturnType<typeof trackBatch>,
): Promise<'continue' | undefined> {
  const files = createFiles(state);
  let starts = 0;
  const isLong = () => workflowInfo().continueAsNewSuggested;
  for (;;) {
    if (hasFullPage(state)) {
      await writePage(state);
      continue;
    }
    const more = state.retries.length > 0 || files.hasPage() || state.cursor !== undefined;
    if (!more && state.running.length === 0 && !state.paused) return undefined;
    if (isLong() || (more && starts >= startsPerRun)) {
      if (patched(patches.holdUpdates)) await withoutUpdates(window.isSettled);
      else await condition(() => window.isSettled() && allHandlersFinished());
      return 'continue';
    }
    track.enter(more ? 'files' : 'last');
    const mayStart = () => hasPlace(state) && window.hasRoom();
    if (!more || !mayStart()) {
      await condition(
        () =>
          hasFullPage(state) ||
          isLong() ||
          (more ? mayStart() : state.retries.length > 0 || (state.running.length === 0 && !state.paused)),
      );
      continue;
    }
    if (window.isLoaded()) {
      await condition(window.isSettled);
      continue;
    }
    const again = state.retries.shift();
    if (again) {
      window.start(again);
      starts++;
      continue;
    }
    if (!files.hasPage()) {
      // The listing skips files that are delivered as a batch that is already running, so it must see every pipeline
      // that is being started.
      await condition(window.isSettled);
      await files.fetch();
      continue;
    }
    const found = files.take();
    if (!found) continue;
    const file = startable(found);
    if (found.refused !== undefined) addResult(state, withoutRun(file, 'invalid', found.refused));
    else if (found.skip !== undefined) {
      addResult(state, withoutRun(file, 'skipped', found.reason ?? found.skip));
      if (found.skip === 'notAFile') noteNotAFile(state, found);
    } else {
      window.start(file);
      starts++;
    }
  }
}

/** Waits for the running pipelines to end, without starting more; cancels them if the batch is cancelled. */
async function endRunning(state: BatchState, window: Window, failed: ApplicationFailure): Promise<ApplicationFailure> {
  const isOver = () => state.running.length === 0;
  for (const file of state.retries.splice(0)) {
    addResult(state, withoutRun(file, 'cancelled', 'it was not restarted: the batch was ending'));
  }
  let why = failed;
  if (failureTypeOf(why) !== 'Cancelled') {
    try {
      await condition(isOver);
      return why;
    } catch (error) {
      if (!isCancellation(error)) throw error;
      why = asFailure(error);
    }
  }
  await CancellationScope.nonCancellable(async () => {
    await window.cancel();
    await condition(isOver);
  });
  return why;
}
