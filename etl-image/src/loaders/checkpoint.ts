import { type BatchLayout, checkpointName, shardName } from '@etl/pipeline/layout';
import { baseName, joinUri } from '@etl/pipeline/uri';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { ConversionState } from '../conversion';
import { addColumns, type KeptEvidence, keepEvidence } from '../transformers/evidence';
import type { Usage } from '../usage';
import type { FinishedChunk } from './chunkDraft';

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

/** What any launches left of this very source, these options and this program. */
export interface FoundWork extends ConversionState {
  readonly reports: readonly ShardReport[];
}

/**
 * What there is of a content in the batch's work folders, whoever has made it: chunks all of whose files are there, one that is
 * there more than once as often. Its owner may still be alive: what it has written it never writes again.
 */
export async function findWork(store: ObjectStore, place: BatchLayout, content: Content): Promise<FoundWork> {
  const sizes = new Map<string, number>();
  for await (const { uri, bytes } of store.list(place.works)) sizes.set(uri, bytes);
  const isWhole = ({ part, rejects, coercions }: FinishedChunk): boolean =>
    (!part || sizes.get(joinUri(place.internal, part.location)) === part.bytes) &&
    [rejects, coercions].every((file) => file === undefined || sizes.has(joinUri(place.internal, file)));
  const chunks = new Map<string, FinishedChunk>();
  const hints = new Map<string, readonly KeptEvidence[]>();
  const reports: ShardReport[] = [];
  for (const uri of sizes.keys()) {
    if (![checkpointName, shardName].includes(baseName(uri))) continue;
    const state = parse(await store.readSmall(uri));
    if (!state || !sameContent(state, content)) continue;
    if (isReport(state)) reports.push(state);
    hints.set(JSON.stringify(state.hints), state.hints);
    for (const chunk of state.chunks) if (isWhole(chunk)) chunks.set(`${chunk.number} ${chunk.schema}`, chunk);
  }
  return { chunks: [...chunks.values()], hints: addAll([...hints.values()]), reports };
}

/** A checkpoint is written whole or not at all; one of another version is none. */
function parse(bytes: Buffer | undefined): Checkpoint | undefined {
  try {
    const checkpoint = JSON.parse(String(bytes)) as Checkpoint;
    return checkpoint.version === 2 && Array.isArray(checkpoint.chunks) ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

function isReport(state: Checkpoint): state is ShardReport {
  return 'shard' in state;
}

function addAll(readings: readonly (readonly KeptEvidence[])[]): KeptEvidence[] {
  return addColumns(readings[0]?.length ?? 0, ...readings).map(keepEvidence);
}
