import type { RowGroup } from '../../csv/window';
import { PartFile } from '../../parquet/partFile';
import type { Checks } from '../../quality/checks';
import type { ColumnPlan } from '../../types/schema';
import { program } from '../../version';
import type { Engine, FieldDialect, PartWriter, ReadGroup } from '../engine';
import type { EncodedGroup } from './encodeGroup';
import { Threads } from './threads';

/**
 * The WebAssembly engine. Each thread reads and encodes one row group at a time. With 0 threads, the main thread does.
 */
export class KernelEngine implements Engine {
  /** One group more than threads, so that no thread waits for its next group. */
  readonly parallel: number;
  private readonly threads: Pick<Threads, 'run' | 'close'>;

  constructor(dialect: FieldDialect, threads: number, checks?: Checks) {
    this.threads = threads > 0 ? new Threads(threads, dialect, checks) : openInline(dialect, checks);
    this.parallel = threads + 1;
  }

  async read({ bytes, rows }: RowGroup, plans: readonly ColumnPlan[]): Promise<ReadGroup> {
    const { found, bytes: back } = await this.threads.run({ bytes, rows, plans });
    if (!found) throw new Error('a thread returned no result');
    return { ...found, rows, bytes: back };
  }

  async openPart(path: string, plans: readonly ColumnPlan[]): Promise<PartWriter> {
    const file = await PartFile.create(path, plans, program);
    return {
      add: ({ rowsWritten, content }) => {
        const { pages, columns } = content as EncodedGroup;
        return file.addGroup(rowsWritten, pages, columns);
      },
      finish: () => file.finish(),
      abandon: () => file.abandon(),
    };
  }

  close(): Promise<void> {
    return this.threads.close();
  }
}

/** Loads the kernel into the main thread only on request: threads load their own. */
function openInline(dialect: FieldDialect, checks?: Checks): Pick<Threads, 'run' | 'close'> {
  const { Inline } = require('./inline') as typeof import('./inline');
  return new Inline(dialect, checks);
}
