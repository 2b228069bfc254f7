import { hashWords, keyWords } from './writtenRows';

/*
 * A file of keys consists of runs. A run has the different keys of up to `runKeys` rows, in the order of their prefix,
 * so that many runs can be merged in little memory.
 */

export const keyBytes = keyWords * 4;
/** Maximum number of keys of a run: 20 MB. */
export const runKeys = 1_000_000;
/** Number of prefixes: the 16 highest bits of a key. */
export const prefixes = 65_536;

/** Maximum number of lines that a result names. */
export const exampleLines = 5;

/** Rows that repeat the key of an earlier row. */
export interface Repeats {
  readonly rows: number;
  /** Source lines of the first ones. */
  readonly lines: readonly number[];
}

export function addRepeats(...all: readonly Repeats[]): Repeats {
  return {
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    lines: firstLines(all.flatMap(({ lines }) => lines)),
  };
}

export function firstLines(lines: readonly number[]): number[] {
  return [...new Set(lines)].sort((a, b) => a - b).slice(0, exampleLines);
}

/** Returns the prefix of the key number `at`; `prefixes` after the last one. */
export function prefixAt(keys: Uint32Array, at: number): number {
  const word = keys[at * keyWords];
  return word === undefined ? prefixes : word >>> 16;
}

/** The different keys among rows in a known order. `open` begins a new set in the same memory. */
export class KeySet {
  private keys = new Uint32Array(0);
  /** Offsets of keys by their hash; -1 for a free slot. */
  private table = new Int32Array(16);
  private mask = 0;
  /** Offset of each different key in `keys`. */
  private offsets = new Int32Array(0);
  private count = 0;
  private repeated = 0;
  private lines: number[] = [];

  /** Begins a set of at most `capacity` of these keys. Keeps the counted repeats. */
  open(keys: Uint32Array<ArrayBuffer>, capacity: number): void {
    let slots = 16;
    while (slots < capacity * 2) slots *= 2;
    if (this.table.length < slots) this.table = new Int32Array(slots);
    if (this.offsets.length < capacity) this.offsets = new Int32Array(slots / 2);
    this.table.fill(-1, 0, slots);
    this.mask = slots - 1;
    this.keys = keys;
    this.count = 0;
  }

  /** Adds the key at an offset of `keys`. */
  add(offset: number): void {
    const { keys, table, mask } = this;
    for (let slot = (keys[offset + 1] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const known = table[slot] ?? -1;
      if (known < 0) {
        table[slot] = offset;
        this.offsets[this.count++] = offset;
        return;
      }
      if (!this.isEqual(known, offset)) continue;
      this.repeated++;
      this.note(keys[offset + hashWords] ?? 0);
      return;
    }
  }

  private isEqual(a: number, b: number): boolean {
    const { keys } = this;
    for (let word = 0; word < hashWords; word++) if (keys[a + word] !== keys[b + word]) return false;
    return true;
  }

  private note(line: number): void {
    if (this.lines.length < exampleLines || line < (this.lines.at(-1) ?? 0))
      this.lines = firstLines([...this.lines, line]);
  }

  repeats(): Repeats {
    return { rows: this.repeated, lines: this.lines };
  }

  /** Returns the different keys in the order of their prefix. */
  sorted(): Uint32Array<ArrayBuffer> {
    const { keys, offsets, count } = this;
    const starts = new Uint32Array(prefixes + 1);
    const prefixOf = (offset: number): number => (keys[offset] ?? 0) >>> 16;
    for (let at = 0; at < count; at++) {
      const after = prefixOf(offsets[at] ?? 0) + 1;
      starts[after] = (starts[after] ?? 0) + 1;
    }
    for (let prefix = 1; prefix <= prefixes; prefix++)
      starts[prefix] = (starts[prefix] ?? 0) + (starts[prefix - 1] ?? 0);
    const sorted = new Uint32Array(count * keyWords);
    for (let at = 0; at < count; at++) {
      const offset = offsets[at] ?? 0;
      const prefix = prefixOf(offset);
      const to = starts[prefix] ?? 0;
      starts[prefix] = to + 1;
      for (let word = 0; word < keyWords; word++) sorted[to * keyWords + word] = keys[offset + word] ?? 0;
    }
    return sorted;
  }
}
