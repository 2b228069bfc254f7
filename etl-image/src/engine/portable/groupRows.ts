import { createHash } from 'node:crypto';
import { hashWords, keyWords, type WrittenRows } from '../../quality/writtenRows';
import type { Value } from '../../types/reader';
import type { ColumnPlan } from '../../types/schema';

/** A value for each column. */
export type PortableRow = readonly (Value | null)[];

/** The rows of a group, value by value. */
export class GroupRows implements WrittenRows {
  constructor(
    private readonly content: readonly PortableRow[],
    private readonly plans: readonly ColumnPlan[],
    /** Line ends before each row. */
    private readonly lines: readonly number[],
  ) {}

  get rows(): number {
    return this.content.length;
  }

  nulls(column: number): number {
    return this.content.filter((row) => row[column] === null).length;
  }

  eachValue(column: number, use: (value: Value, rows: number) => void): void {
    for (const row of this.content) {
      const value = row[column];
      if (value !== null && value !== undefined) use(value, 1);
    }
  }

  /** Hashes with SHA-256. Engines never read each other's keys. */
  keys(columns: readonly number[]): Uint32Array<ArrayBuffer> {
    const found: number[] = [];
    for (const [at, row] of this.content.entries()) {
      const values = columns.map((column) => row[column] ?? null);
      if (values.includes(null)) continue;
      const text = JSON.stringify(values.map((value, index) => this.canonical(value, columns[index])));
      const hash = createHash('sha256').update(text).digest();
      for (let word = 0; word < hashWords; word++) found.push(hash.readUInt32LE(word * 4));
      found.push(this.lines[at] ?? 0);
    }
    if (found.length % keyWords !== 0) throw new Error('a key is incomplete');
    return Uint32Array.from(found);
  }

  /** Both zeros are equal, although only doubles have two. */
  private canonical(value: Value | null, column: number | undefined): string {
    const isZero = this.plans[column ?? 0]?.type === 'double' && value === 0;
    return isZero ? '0' : String(value);
  }
}
