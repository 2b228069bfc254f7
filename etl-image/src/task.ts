import { createHash } from 'node:crypto';
import type { ContainerMode } from '@etl/pipeline/container';
import { type BatchLayout, layout, progressName } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import type { Content } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import { type ChunkIndex, checkIndex, readIndex } from './chunks/chunkIndex';
import { type Conversion, type ConversionSettings, convert } from './chunks/conversion';
import { checkScratch } from './chunks/scratchSpace';
import { WorkFolder } from './chunks/workFolder';
import type { Environment } from './config/environment';
import { failureOf } from './config/failures';
import { type Resources, resourcesFor } from './config/resources';
import type { Engine } from './engine/engine';
import { openEngine } from './engine/open';
import { StoppedError } from './errors';
import type { Checks } from './quality/checks';
import { keyBytes } from './quality/keyRuns';
import type { Log } from './report/log';
import { ProgressReport } from './report/progress';
import { rowRate } from './report/usage';
import { openSource, type Source } from './source/source';
import { programOf } from './version';

export interface Work {
  readonly env: Environment;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly resources: Resources;
  readonly log: Log;
  /** Aborted with a `StoppedError` when the work must stop. */
  readonly signal: AbortSignal;
}

/** An opened launch. Call either `end` or `fail` once. */
export interface Task extends Work {
  readonly place: BatchLayout;
  readonly folder: WorkFolder;
  readonly progress: ProgressReport;
  readonly source: Source;
  readonly content: Content;
  readonly startedAt: string;
  /** Index of the source, if `MODE` names one and it exists. */
  readonly index: ChunkIndex | undefined;
  /** Reports success. */
  end(): Promise<void>;
  /** Reports a failure with its cause. An interruption has no cause: the next launch resumes from the checkpoint. */
  fail(error: unknown): Promise<void>;
}

/**
 * Opens the source and the work folder, and starts to report progress. Reports a failure before throwing it.
 *
 * @throws {Error} any error of the source, the store or the index
 */
export async function openTask(work: Work): Promise<Task> {
  const { env, store, log } = work;
  const place = layout(env.destination, env);
  const folder = new WorkFolder(store, place, env);
  const progress = new ProgressReport(store, folder.at(progressName), log);
  const fail = (error: unknown): Promise<void> =>
    progress.end(error instanceof StoppedError ? {} : { phase: 'failed', failure: failureOf(error).cause });
  try {
    const indexUri = indexOf(env.mode);
    const index = indexUri === undefined ? undefined : await readIndex(store, indexUri);
    const known = index && { head: index.head, fingerprint: index.source.fingerprint };
    const source = await openSource(store, env.inputUri, env.options, known, env.sourceFingerprint);
    const content = {
      source: source.identity,
      optionsHash: optionsHash(env.options, env.chunkRows),
      program: programOf(env.engine),
    };
    if (index && indexUri !== undefined) checkIndex(index, indexUri, content, env.chunkRows);
    // From here on, this launch is visible to others, which then keep the chunks that it resumes from.
    await progress.write();
    const startedAt = new Date().toISOString();
    const end = () => progress.end({ phase: 'done' });
    return { ...work, place, folder, progress, source, content, startedAt, index, end, fail };
  } catch (error) {
    await fail(error);
    throw error;
  }
}

function indexOf(mode: ContainerMode | undefined): string | undefined {
  if (mode?.kind === 'shard') return mode.indexUri;
  return mode?.kind === 'commit' ? mode.shards?.indexUri : undefined;
}

/** Runs with an engine, which is closed when the work completes or is interrupted. */
export async function withEngine<Result>(
  { env, resources, signal, source: { head } }: Task,
  run: (engine: Engine) => Promise<Result>,
  threads = resourcesFor(resources.memoryMiB, resources.cpus, head.columns.length).threads,
  checks?: Checks,
): Promise<Result> {
  const engine = openEngine(env.engine, head, threads, checks);
  const interrupt = (): void => void engine.close();
  signal.addEventListener('abort', interrupt);
  try {
    return await run(engine);
  } finally {
    signal.removeEventListener('abort', interrupt);
    await engine.close();
  }
}

/** Converts the source, writing checkpoints and progress. */
export async function convertSource(
  task: Task,
  settings: Pick<
    ConversionSettings,
    'resumeFrom' | 'range' | 'groupStarts' | 'basis' | 'firstPassOnly' | 'settled' | 'onStale' | 'onState'
  >,
): Promise<Conversion> {
  const { env, source, content, folder, progress, scratch, signal, startedAt } = task;
  const { options, chunkRows } = env;
  const { start, end } = settings.range ?? {};
  const from = start?.byte ?? 0;
  const bytes = (end?.byte ?? source.identity.bytes) - from;
  progress.set({ phase: 'converting', bytesTotal: bytes });
  const maxBytes = settings.range ? bytes : source.maxBytes;
  const keyRules = (options.quality?.rules ?? []).filter(({ metric }) => metric === 'duplicateValues');
  const { rowBytes } = source.head;
  await checkScratch(scratch, { rowBytes, chunkRows, maxBytes, keyBytes: keyRules.length * keyBytes });
  const run = (engine: Engine): Promise<Conversion> =>
    convert({
      ...{ source, options, chunkRows, scratch, engine, signal, chunkStore: folder },
      ...settings,
      onState: async (state) => {
        await settings.onState(state);
        await folder.checkpoint({ version: 2, ...content, ...state });
      },
      onProgress: ({ rowsConverted, bytesRead, ...change }) => {
        const rowsPerSecond = rowsConverted === undefined ? {} : { rowsPerSecond: rowRate(rowsConverted, startedAt) };
        const read = bytesRead === undefined ? {} : { bytesRead: bytesRead - from };
        progress.set({ ...change, ...rowsPerSecond, ...read });
      },
    });
  return withEngine(task, run, undefined, checksOf(task));
}

/** Returns what the engine measures for the quality rules; undefined without rules. */
function checksOf({ env, content }: Task): Checks | undefined {
  const { rules = [] } = env.options.quality ?? {};
  if (rules.length === 0) return undefined;
  // A file cannot contain values that collide under a key that its own content decides.
  const hashKey = createHash('sha256').update(content.source.fingerprint).digest().subarray(0, 16);
  return { rules, hashKey: Uint8Array.from(hashKey) };
}
