import { keyWords, type WrittenRows } from '../../quality/writtenRows';
import type { Value } from '../../types/reader';
import type { Address, Kernel } from '../../wasm/kernel';
import type { GroupColumn } from './column';

/** The rows of a group in the kernel's memory. */
export class GroupRows implements WrittenRows {
  constructor(
    private readonly kernel: Kernel,
    private readonly columns: readonly GroupColumn[],
    private readonly hashKey: Uint8Array,
    /** Stores the line ends before each row (u32 each). */
    private readonly storeLines: (to: Address) => void,
  ) {}

  get rows(): number {
    return this.columns[0]?.rows ?? 0;
  }

  nulls(column: number): number {
    return this.rows - this.kernel.run.countValid(this.at(column).valid, this.rows);
  }

  eachValue(column: number, use: (value: Value, rows: number) => void): void {
    const { kernel, rows } = this;
    const found = this.at(column);
    const read = this.readerOf(found);
    const present = kernel.run.countValid(found.valid, rows);
    const { dictionary } = found;
    const [entries = 0, slots = 0] = dictionary ? kernel.words(dictionary.state, 2) : [];
    if (dictionary && slots > 0) {
      const counts = new Uint32Array(entries);
      for (const index of kernel.words(dictionary.indices, present)) counts[index] = (counts[index] ?? 0) + 1;
      for (const [entry, count] of counts.entries()) use(read(dictionary.entries + entry * 8), count);
      return;
    }
    for (let row = 0; row < rows; row++) {
      if (kernel.byte(found.valid + row) !== 0) use(read(found.values + row * 8), 1);
    }
  }

  keys(columns: readonly number[]): Uint32Array<ArrayBuffer> {
    const { kernel, rows, hashKey } = this;
    const { run } = kernel;
    return kernel.scoped(() => {
      const [key, keep] = [kernel.allocate(16), kernel.allocate(rows)];
      const [hashes, lines, packed] = [16, 4, keyWords * 4].map((bytes) => kernel.allocate(rows * bytes));
      if (hashes === undefined || lines === undefined || packed === undefined) throw new Error('no memory');
      kernel.write(key, hashKey);
      kernel.fill(keep, rows, 1);
      kernel.fill(hashes, rows * 16, 0);
      for (const { values, valid, kind, storage } of columns.map((column) => this.at(column))) {
        if (storage === 'text' || storage === 'bytes') run.hashTexts(values, valid, rows, key, keep, hashes);
        else run.hashFixed(values, valid, rows, kind === 'double', key, keep, hashes);
      }
      this.storeLines(lines);
      return kernel.words(packed, run.packKeys(hashes, lines, keep, rows, packed) * keyWords);
    });
  }

  private at(column: number): GroupColumn {
    const found = this.columns[column];
    if (!found) throw new Error(`there is no column ${column}`);
    return found;
  }

  /** Returns a reader of the value at an address. */
  private readerOf({ kind, storage }: GroupColumn): (at: Address) => Value {
    const { kernel } = this;
    if (storage === 'text') return (at) => kernel.text(kernel.word(at), kernel.word(at + 4));
    if (storage === 'bytes') {
      return (at) => {
        const bytes = kernel.copy(kernel.word(at), kernel.word(at + 4));
        return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
      };
    }
    if (storage === 'bit') return (at) => kernel.byte(at) !== 0;
    return kind === 'double' ? (at) => kernel.double(at) : (at) => kernel.integer(at);
  }
}
