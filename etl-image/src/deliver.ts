import { type BatchLayout, layout, progressName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { optionsHash } from '@etl/pipeline/options';
import { cleanWork } from '@etl/storage/cleanWork';
import { readNewestCommit } from '@etl/storage/commitLog';
import { sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import { project } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import type { Environment } from './config/environment';
import { failureOf, StoppedError } from './config/failures';
import { type Resources, resourcesFor } from './config/resources';
import { type Conversion, type ConversionSettings, convert } from './conversion';
import { openEngine } from './engines/open';
import { openSource, type Source } from './extractors/source';
import { findCheckpoint } from './loaders/checkpoint';
import { ProgressReport } from './loaders/progress';
import { checkRejectCount } from './loaders/rejectLimits';
import { checkScratch } from './loaders/scratchSpace';
import { WorkFolder } from './loaders/workFolder';
import type { Log } from './log';
import { composeManifest } from './manifest';
import { pace } from './usage';
import { programOf } from './version';

export interface Work {
  readonly env: Environment;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly resources: Resources;
  readonly log: Log;
  /** Aborted with a `StoppedError` when the work has to end. */
  readonly signal: AbortSignal;
}

export interface Delivery {
  readonly status: 'committed' | 'already' | 'superseded';
  readonly manifest: Manifest;
}

/** From source to published batch. A batch that this source and these options made before is only shown again. */
export async function deliver(work: Work): Promise<Delivery> {
  const { env, store, log } = work;
  const place = layout(env.destination, env);
  const folder = new WorkFolder(store, place, env);
  const progress = new ProgressReport(store, folder.at(progressName), log);
  try {
    const source = await openSource(store, env.inputUri, env.options);
    const content = {
      source: source.identity,
      optionsHash: optionsHash(env.options, env.chunkRows),
      program: programOf(env.engine),
    };
    const newest = await readNewestCommit(store, place);
    if (newest && sameContent(newest.manifest, content)) {
      log({ event: 'note', text: 'this source was converted with these options before: nothing to do' });
      await project(store, place);
      await progress.end({ phase: 'done' });
      await tidyUp(work, place);
      return { status: 'already', manifest: newest.manifest };
    }
    const startedAt = new Date().toISOString();
    // Seen by others from here on: what this run takes over is not tidied away under its hands.
    await progress.write();
    const before = await findCheckpoint(store, place, content);
    if (before) log({ event: 'note', text: `${before.chunks.length} chunks were converted before and are taken over` });
    progress.set({ phase: 'converting', bytesTotal: source.identity.bytes });
    const { chunkRows } = env;
    await checkScratch(work.scratch, { rowBytes: source.head.rowBytes, chunkRows, mostBytes: source.mostBytes });
    const rowsBefore = before?.chunks.at(-1)?.end.row ?? 1;
    let rowsConverted = 0;
    const conversion = await convertSource(work, source, {
      before,
      shelf: folder,
      onState: (state) => {
        checkRejectCount(state.chunks, env.options.rejects ?? {});
        return folder.checkpoint({ version: 1, ...content, ...state });
      },
      onProgress: (change) => {
        rowsConverted = Math.max(rowsConverted, (change.rowsRead ?? 0) + 1 - rowsBefore);
        progress.set({ ...change, rowsPerSecond: pace(rowsConverted, startedAt) });
      },
    });
    progress.set({ phase: 'publishing' });
    const manifest = composeManifest({
      ...{ env, place, source, content, conversion, startedAt, rowsConverted },
      folder: folder.uri,
      bytesRead: progress.bytesRead,
      resources: work.resources,
    });
    work.signal.throwIfAborted();
    const published = await publish(store, place, manifest);
    await progress.end({ phase: 'done' });
    await tidyUp(work, place);
    return published;
  } catch (error) {
    // A stop is no failure of the data: the checkpoint stands for it.
    if (!(error instanceof StoppedError)) await progress.end({ phase: 'failed', failure: failureOf(error).cause });
    else await progress.end({});
    throw error;
  }
}

async function convertSource(
  { env, scratch, resources, signal }: Work,
  source: Source,
  rest: Pick<ConversionSettings, 'before' | 'shelf' | 'onState' | 'onProgress'>,
): Promise<Conversion> {
  const { memoryMiB, cpus } = resources;
  const { threads } = resourcesFor(memoryMiB, cpus, source.head.columns.length);
  const engine = openEngine(env.engine, source.head, threads);
  const interrupt = (): void => void engine.close();
  signal.addEventListener('abort', interrupt);
  try {
    const { options, chunkRows } = env;
    return await convert({ source, options, chunkRows, scratch, engine, signal, ...rest });
  } finally {
    signal.removeEventListener('abort', interrupt);
    await engine.close();
  }
}

/** Work folders of runs that nobody has heard of for so long are nobody's. */
const graceSeconds = 7 * 24 * 3600;

/** What this run leaves that no commit refers to. The batch is delivered: that it could not be removed ends nothing. */
async function tidyUp({ env, store, log }: Work, place: BatchLayout): Promise<void> {
  try {
    await cleanWork(store, place, { graceSeconds, finished: env });
  } catch (error) {
    log({ event: 'note', text: `work folders were not cleaned up: ${failureOf(error).cause}` });
  }
}
