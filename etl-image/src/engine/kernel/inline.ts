import type { Checks } from '../../quality/checks';
import type { FieldDialect } from '../engine';
import type { ReadAnswer, ReadRequest } from './messages';
import { GroupReader } from './readGroup';

/** Reads row groups in the main thread, for small inputs that do not justify starting a thread. */
export class Inline {
  private readonly reader: GroupReader;

  constructor(dialect: FieldDialect, checks?: Checks) {
    this.reader = new GroupReader(dialect, checks);
  }

  async run({ bytes, rows, plans }: ReadRequest): Promise<ReadAnswer> {
    return { bytes, found: this.reader.read(bytes, rows, plans) };
  }

  async close(): Promise<void> {
    // Holds no resources between groups.
  }
}
