import { parseJson } from '@etl/lib/json';
import { baseName, joinUri } from '@etl/lib/uri';
import { type BatchLayout, checkpointName, shardName } from '@etl/pipeline/layout';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { Usage } from '../report/usage';
import { addColumns, type KeptEvidence, keepEvidence } from '../types/evidence';
import type { FinishedChunk } from './chunkDraft';
import type { ConversionState } from './conversion';

/** What a later launch needs in order to take finished chunks over, written after each of them. */
export interface Checkpoint extends ConversionState, Content {
  readonly version: 2;
}

/** The last word of a shard: a checkpoint that has all chunks of its range. */
export interface ShardReport extends Checkpoint {
  readonly runId: string;
  readonly generation: number;
  /** `3/8`, of the chunks of this index. */
  readonly shard: string;
  readonly indexUri: string;
  readonly usage: Usage & { readonly bytesRead: number };
}

/** What launches left of this very source, these options and this program. */
export interface FoundWork {
  readonly states: readonly ConversionState[];
  readonly reports: readonly ShardReport[];
}

/**
 * What there is of a content in the batch's work folders, whoever has made it: chunks all of whose files are there. Their owner may
 * still be alive: what it has written it never writes again.
 */
export async function findWork(store: ObjectStore, place: BatchLayout, content: Content): Promise<FoundWork> {
  const sizes = new Map<string, number>();
  for await (const { uri, bytes } of store.list(place.works)) sizes.set(uri, bytes);
  const isWhole = ({ part, rejects, coercions }: FinishedChunk): boolean =>
    (!part || sizes.get(joinUri(place.internal, part.location)) === part.bytes) &&
    [rejects, coercions].every((file) => file === undefined || sizes.has(joinUri(place.internal, file)));
  const states: ConversionState[] = [];
  const reports: ShardReport[] = [];
  for (const uri of sizes.keys()) {
    if (![checkpointName, shardName].includes(baseName(uri))) continue;
    const state = parse(await store.readSmall(uri));
    if (!state || !sameContent(state, content)) continue;
    if (isReport(state)) reports.push(state);
    states.push({ chunks: state.chunks.filter(isWhole), hints: state.hints });
  }
  return { states, reports };
}

/**
 * Wanted chunks of several states as one, with the hints of those that they come from: each hint once, however many have it. A chunk
 * that was written under several schemas is there as often.
 */
export function adopt(
  { states }: FoundWork,
  wanted: (chunk: FinishedChunk) => boolean = () => true,
  hints: readonly KeptEvidence[] = [],
): ConversionState {
  const chunks = new Map<string, FinishedChunk>();
  const columns = Math.max(hints.length, ...states.map((state) => state.hints.length));
  const once = new Map<string, readonly KeptEvidence[]>();
  const keep = (some: readonly KeptEvidence[]): void => {
    const kept = addColumns(columns, some).map(keepEvidence);
    once.set(JSON.stringify(kept), kept);
  };
  keep(hints);
  for (const state of states) {
    const fresh = state.chunks.filter((chunk) => wanted(chunk) && !chunks.has(keyOf(chunk)));
    for (const chunk of fresh) chunks.set(keyOf(chunk), chunk);
    if (fresh.length > 0) keep(state.hints);
  }
  return { chunks: [...chunks.values()], hints: addColumns(columns, ...once.values()).map(keepEvidence) };
}

const keyOf = ({ number, schema }: FinishedChunk): string => `${number} ${schema}`;

/** How many chunks there are, each counted once. */
export function countChunks({ chunks }: ConversionState): number {
  return new Set(chunks.map(({ number }) => number)).size;
}

/** A checkpoint is written whole or not at all; one of another version, or of another shape, is none. */
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
