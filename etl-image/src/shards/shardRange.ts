import { boundsOf, type ChunkIndex } from '../chunks/chunkIndex';
import type { Position } from '../csv/window';

/** The consecutive chunks of a shard. `last` is less than `first` for a shard without chunks. */
export interface ShardRange {
  readonly first: number;
  readonly last: number;
  readonly start: Position;
  readonly end: Position;
}

/**
 * Returns the range of shard `number` of `of`: the chunks whose middle lies in its share of the bytes. Every chunk
 * belongs to exactly one shard, and shards have nearly equal bytes. Some shards are empty if there are fewer chunks
 * than shards.
 */
export function shardRange(index: ChunkIndex, number: number, of: number): ShardRange {
  const from = index.chunks[0]?.byte ?? index.end.byte;
  const bytes = index.end.byte - from;
  const shardOf = (chunk: number): number => {
    const { start, end } = boundsOf(index, chunk);
    return Math.floor((((start.byte + end.byte) / 2 - from) / bytes) * of) + 1;
  };
  let first = 1;
  while (first <= index.chunks.length && shardOf(first) < number) first++;
  let last = first - 1;
  while (last < index.chunks.length && shardOf(last + 1) === number) last++;
  const { start } = boundsOf(index, first);
  return { first, last, start, end: last < first ? start : boundsOf(index, last).end };
}
