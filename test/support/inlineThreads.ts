import type { FieldDialect } from '@etl/image/engine/engine';
import type { ReadAnswer, ReadRequest } from '@etl/image/engine/kernel/messages';
import { buffersOf, GroupReader } from '@etl/image/engine/kernel/readGroup';
import type * as Real from '@etl/image/engine/kernel/threads';
import type { Checks } from '@etl/image/quality/checks';

const { Threads: RealThreads } = jest.requireActual<typeof Real>('../../etl-image/src/engine/kernel/threads');

/** Does a reader thread's work in this thread, with the same messages. */
class InlineThread {
  private readonly reader: GroupReader;

  constructor(dialect: FieldDialect, checks?: Checks) {
    this.reader = new GroupReader(dialect, checks);
  }
  async run(request: ReadRequest): Promise<ReadAnswer> {
    const { bytes, rows, plans } = structuredClone(request, { transfer: [request.bytes.buffer] });
    const found = this.reader.read(bytes, rows, plans);
    return structuredClone({ bytes, found }, { transfer: buffersOf(bytes, found) });
  }
  async close(): Promise<void> {
    // Nothing is in progress between two groups.
  }
}

/**
 * Replaces the engine's threads in suites of many small files, where starting a thread takes longer than converting.
 * A conversion with several threads still uses real ones.
 */
export function Threads(count: number, dialect: FieldDialect, checks?: Checks): Pick<Real.Threads, 'run' | 'close'> {
  return count > 1 ? new RealThreads(count, dialect, checks) : new InlineThread(dialect, checks);
}
