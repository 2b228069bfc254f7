import type { FieldDialect } from '../engine';
import type { ReadAnswer, ReadRequest } from './messages';
import { GroupReader } from './readGroup';

/** A reading thread's work in the main one: for so few rows that a thread takes longer to start. */
export class Inline {
  private readonly reader: GroupReader;

  constructor(dialect: FieldDialect) {
    this.reader = new GroupReader(dialect);
  }

  async run({ bytes, rows, plans }: ReadRequest): Promise<ReadAnswer> {
    return { bytes, found: this.reader.read(bytes, rows, plans) };
  }

  async close(): Promise<void> {
    // Nothing goes on between two groups.
  }
}
