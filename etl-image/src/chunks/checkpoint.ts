import { parseJson } from '@etl/lib/json';
import { baseName, joinUri } from '@etl/lib/uri';
import { type BatchLayout, checkpointName, shardName } from '@etl/pipeline/layout';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { Usage } from '../report/usage';
import { addColumns, type StoredEvidence, toStoredEvidence } from '../types/evidence';
import type { FinishedChunk } from './chunkDraft';
import type { ConversionState } from './conversion';

/** State from which a later launch resumes. Written after each finished chunk. */
export interface Checkpoint extends ConversionState, Content {
  readonly version: 2;
}

/** Result of a shard: a checkpoint with all chunks of its range. */
export interface ShardReport extends Checkpoint {
  readonly runId: string;
  readonly generation: number;
  /** Shard of the index, like `3/8`. */
  readonly shard: string;
  readonly indexUri: string;
  readonly usage: Usage & { readonly bytesRead: number };
}

/** Work of earlier launches with the same source, options and program. */
export interface FoundWork {
  readonly states: readonly ConversionState[];
  readonly reports: readonly ShardReport[];
}

/**
 * Finds the work of a content in all work folders of the batch: chunks whose files are complete. Their launch may still
 * be running, but never rewrites a file.
 */
export async function findWork(store: ObjectStore, place: BatchLayout, content: Content): Promise<FoundWork> {
  const sizes = new Map<string, number>();
  for await (const { uri, bytes } of store.list(place.works)) sizes.set(uri, bytes);
  const isComplete = ({ part, rejects, coercions, quality }: FinishedChunk): boolean =>
    [...(part ? [part] : []), ...(quality?.keys ?? [])].every(
      ({ location, bytes }) => sizes.get(joinUri(place.internal, location)) === bytes,
    ) && [rejects, coercions].every((file) => file === undefined || sizes.has(joinUri(place.internal, file)));
  const states: ConversionState[] = [];
  const reports: ShardReport[] = [];
  for (const uri of sizes.keys()) {
    if (![checkpointName, shardName].includes(baseName(uri))) continue;
    const state = parse(await store.readSmall(uri));
    if (!state || !sameContent(state, content)) continue;
    if (isReport(state)) reports.push(state);
    states.push({ chunks: state.chunks.filter(isComplete), hints: state.hints });
  }
  return { states, reports };
}

/**
 * Merges the wanted chunks of several states, with the hints of their states. Equal hints count once. A chunk that was
 * written under several schemas is included once for each.
 */
export function mergeStates(
  { states }: FoundWork,
  wanted: (chunk: FinishedChunk) => boolean = () => true,
  hints: readonly StoredEvidence[] = [],
): ConversionState {
  const chunks = new Map<string, FinishedChunk>();
  const columns = Math.max(hints.length, ...states.map((state) => state.hints.length));
  const uniqueHints = new Map<string, readonly StoredEvidence[]>();
  const addHints = (some: readonly StoredEvidence[]): void => {
    const stored = addColumns(columns, some).map(toStoredEvidence);
    uniqueHints.set(JSON.stringify(stored), stored);
  };
  addHints(hints);
  for (const state of states) {
    const fresh = state.chunks.filter((chunk) => wanted(chunk) && !chunks.has(keyOf(chunk)));
    for (const chunk of fresh) chunks.set(keyOf(chunk), chunk);
    if (fresh.length > 0) addHints(state.hints);
  }
  return { chunks: [...chunks.values()], hints: addColumns(columns, ...uniqueHints.values()).map(toStoredEvidence) };
}

const keyOf = ({ number, schema }: FinishedChunk): string => `${number} ${schema}`;

/** Counts the chunks, each once. */
export function countChunks({ chunks }: ConversionState): number {
  return new Set(chunks.map(({ number }) => number)).size;
}

/**
 * Parses a checkpoint; undefined for another version or shape. Writes are atomic, so a checkpoint is never truncated.
 */
function parse(bytes: Buffer | undefined): Checkpoint | undefined {
  try {
    const checkpoint = parseJson(String(bytes)) as Checkpoint;
    const { version, chunks, hints, source } = checkpoint;
    return version === 2 && source && Array.isArray(hints) && chunks.every(isChunk) ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

function isChunk({ number, start, end }: FinishedChunk): boolean {
  return Number.isInteger(number) && Number.isInteger(start.byte) && Number.isInteger(end.byte);
}

function isReport(state: Checkpoint): state is ShardReport {
  const { shard, runId, usage } = state as Partial<ShardReport>;
  return typeof shard === 'string' && typeof runId === 'string' && typeof usage === 'object';
}
