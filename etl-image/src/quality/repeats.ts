import { joinUri } from '@etl/lib/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { StoredKeys } from './chunkMeasures';
import { addRepeats, KeySet, keyBytes, prefixAt, prefixes, type Repeats } from './keyRuns';
import { keyWords } from './writtenRows';

/** Memory for the keys that are merged at a time, in bytes. */
const mergeBytes = 32 * 1024 * 1024;
/** Concurrent reads. */
const parallel = 16;

/**
 * Counts the rows that repeat the key of an earlier row, over all chunks in their order. Reads the runs of all files side
 * by side, from prefix to prefix: memory depends on `bytes` and not on the number of keys.
 *
 * @param bytes memory for keys. @default 32 MiB
 */
export async function countRepeats(
  store: Pick<ObjectStore, 'openRead'>,
  internal: string,
  files: readonly StoredKeys[],
  signal: AbortSignal,
  bytes = mergeBytes,
): Promise<Repeats> {
  const cursors = files.flatMap((file) => cursorsOf(store, internal, file));
  let share = Math.max(1, Math.floor(bytes / keyBytes / Math.max(1, cursors.length)));
  const merge = new Merge();
  while (cursors.some((cursor) => !cursor.done)) {
    signal.throwIfAborted();
    await refill(cursors, share);
    const bound = Math.min(...cursors.map((cursor) => cursor.completeBelow));
    const taken = cursors.flatMap((cursor) => cursor.takeBelow(bound) ?? []);
    // One prefix has more keys than a buffer.
    if (taken.length === 0) share *= 2;
    else merge.add(taken);
  }
  return addRepeats(merge.repeats(), ...files);
}

/** Counts the repeats between keys of several runs, in the order of the runs. */
class Merge {
  private readonly set = new KeySet();
  /** The keys of one prefix: few, so that they stay in the processor's cache. */
  private keys = new Uint32Array(1024 * keyWords);

  add(runs: readonly Uint32Array[]): void {
    const positions = new Uint32Array(runs.length);
    for (;;) {
      let prefix = prefixes;
      for (const [at, run] of runs.entries()) prefix = Math.min(prefix, prefixAt(run, positions[at] ?? 0));
      if (prefix === prefixes) return;
      let length = 0;
      for (const [at, run] of runs.entries()) {
        const start = positions[at] ?? 0;
        let end = start;
        while (prefixAt(run, end) === prefix) end++;
        length = this.append(run, start * keyWords, end * keyWords, length);
        positions[at] = end;
      }
      this.set.open(this.keys, length / keyWords);
      for (let offset = 0; offset < length; offset += keyWords) this.set.add(offset);
    }
  }

  /** Copies words of a run to the end of the keys. Faster than a view for so few words. */
  private append(run: Uint32Array, start: number, end: number, length: number): number {
    const needed = length + end - start;
    if (needed > this.keys.length) {
      const larger = new Uint32Array(needed * 2);
      larger.set(this.keys);
      this.keys = larger;
    }
    const { keys } = this;
    for (let from = start, to = length; from < end; from++, to++) keys[to] = run[from] ?? 0;
    return needed;
  }

  repeats(): Repeats {
    return this.set.repeats();
  }
}

async function refill(cursors: readonly RunCursor[], keys: number): Promise<void> {
  const short = cursors.filter((cursor) => cursor.wants(keys));
  for (let at = 0; at < short.length; at += parallel)
    await Promise.all(short.slice(at, at + parallel).map((cursor) => cursor.fill(keys)));
}

function cursorsOf(store: Pick<ObjectStore, 'openRead'>, internal: string, file: StoredKeys): RunCursor[] {
  const uri = joinUri(internal, file.location);
  let start = 0;
  return file.runs.map((keys) => {
    const cursor = new RunCursor(store, uri, start, start + keys * keyBytes);
    start += keys * keyBytes;
    return cursor;
  });
}

/** Reads a run in pieces. */
class RunCursor {
  private buffered = new Uint32Array(0);

  constructor(
    private readonly store: Pick<ObjectStore, 'openRead'>,
    private readonly uri: string,
    private at: number,
    private readonly end: number,
  ) {}

  get done(): boolean {
    return this.at === this.end && this.buffered.length === 0;
  }

  /** All keys with smaller prefixes are buffered. */
  get completeBelow(): number {
    return this.at === this.end ? prefixes : prefixAt(this.buffered, this.buffered.length / keyWords - 1);
  }

  /** Returns whether less than half of `keys` are buffered and more can be read. */
  wants(keys: number): boolean {
    return this.at < this.end && this.buffered.length / keyWords <= keys / 2;
  }

  /** Reads until `keys` are buffered. */
  async fill(keys: number): Promise<void> {
    const missing = (keys - this.buffered.length / keyWords) * keyBytes;
    const end = Math.min(this.end, this.at + missing);
    const bytes = new Uint8Array(this.buffered.length * 4 + end - this.at);
    bytes.set(new Uint8Array(this.buffered.buffer, this.buffered.byteOffset, this.buffered.length * 4));
    let to = this.buffered.length * 4;
    for await (const piece of await this.store.openRead(this.uri, { start: this.at, end })) {
      bytes.set(piece as Uint8Array, to);
      to += (piece as Uint8Array).length;
    }
    if (to !== bytes.length) throw new Error(`${this.uri} ended at byte ${this.at + to} instead of ${end}`);
    this.buffered = new Uint32Array(bytes.buffer);
    this.at = end;
  }

  /** Removes the keys with smaller prefixes than `bound` from the buffer; undefined if there are none. */
  takeBelow(bound: number): Uint32Array | undefined {
    const count = this.buffered.length / keyWords;
    let taken = 0;
    while (taken < count && prefixAt(this.buffered, taken) < bound) taken++;
    if (taken === 0) return undefined;
    const keys = this.buffered.subarray(0, taken * keyWords);
    this.buffered = this.buffered.subarray(taken * keyWords);
    return keys;
  }
}
