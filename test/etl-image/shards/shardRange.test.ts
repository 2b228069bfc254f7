import { boundsOf, type ChunkIndex } from '@etl/image/chunks/chunkIndex';
import { shardRange } from '../../../etl-image/src/shards/shardRange';
import { randomFrom } from '../../support/random';

/** Builds an index with chunks of these lengths in bytes, after a header of ten bytes. */
function indexOf(sizes: readonly number[]): ChunkIndex {
  let byte = 10;
  const places = [...sizes, 0].map((size, at) => {
    const place = { row: at + 1, line: at + 2, byte };
    byte += size;
    return place;
  });
  return { chunks: places.slice(0, -1), end: places.at(-1) } as ChunkIndex;
}

const ranges = (index: ChunkIndex, of: number) => Array.from({ length: of }, (_, at) => shardRange(index, at + 1, of));

test('shards of a random file have every chunk once, in order, and nearly equal bytes', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomFrom(seed);
    const sizes = Array.from({ length: random.below(40) }, () => 1 + random.below(random.chance(0.2) ? 10_000 : 100));
    const index = indexOf(sizes);
    const of = 1 + random.below(12);
    const all = ranges(index, of);
    const chunks = all.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
    expect(chunks).toEqual(sizes.map((_, at) => at + 1));
    const share = sizes.reduce((sum, size) => sum + size, 0) / of;
    for (const { first, last, start, end } of all) {
      if (last < first) {
        expect(end).toEqual(start);
        continue;
      }
      expect([start, end]).toEqual([boundsOf(index, first).start, boundsOf(index, last).end]);
      // A chunk belongs to the shard of its middle, so a shard may exceed its share by half a chunk at each end.
      expect(end.byte - start.byte).toBeLessThanOrEqual(share + Math.max(...sizes));
    }
  }
});

test.each([
  [8, 4, [2, 2, 2, 2]],
  [10, 4, [2, 3, 2, 3]],
  [3, 8, [0, 1, 0, 0, 1, 0, 1, 0]],
  [0, 2, [0, 0]],
])('%i equal chunks for %i shards', (chunks, of, wanted) => {
  const found = ranges(indexOf(Array.from({ length: chunks }, () => 100)), of);
  expect(found.map(({ first, last }) => last - first + 1)).toEqual(wanted);
});
