import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { createHeaderTest } from '../../types/repeatedHeader';
import type { ColumnPlan } from '../../types/schema';
import type { Address, Kernel } from '../../wasm/kernel';
import type { FieldDialect } from '../engine';

const maxWordBytes = 8;
/** Word for a header with empty names: the kernel searches for separator hints in any case. */
const hintWord = 'sep=';

/**
 * Finds the rows of a batch that repeat the header. The kernel selects the candidates by the first bytes of one field.
 */
export class RepeatedHeaders {
  /** The first bytes of a column's name, which the kernel compares with that column's fields. */
  private readonly probe: { readonly column: number; readonly word: Address; readonly length: number };
  private readonly found: Address;
  private readonly isHeader: (fields: readonly string[]) => boolean;

  constructor(
    private readonly kernel: Kernel,
    private readonly columns: readonly ColumnPlan[],
    private readonly dialect: FieldDialect,
    batchRows: number,
  ) {
    // The kernel skips these characters in front of a field, so the word excludes them.
    const begins = (column: ColumnPlan): string => withoutFront(column.sourceName, dialect.quote);
    const column = columns.findIndex((each) => begins(each) !== '');
    const named = columns[column];
    const bytes = Buffer.from(named ? begins(named) : hintWord).subarray(0, maxWordBytes);
    this.probe = { column: Math.max(0, column), word: kernel.allocate(maxWordBytes), length: bytes.length };
    kernel.write(this.probe.word, bytes);
    this.found = kernel.allocate(batchRows * 4);
    this.isHeader = createHeaderTest(columns);
  }

  /** Returns the rows that repeat the header, relative to the first row of the batch. */
  find(fields: Address, stride: number, rows: number): number[] {
    const { kernel, found } = this;
    const { column, word, length } = this.probe;
    const quote = this.dialect.quote.charCodeAt(0);
    const count = kernel.run.maybeHeaders(fields, stride, rows, quote, column, word, length, found);
    const candidates = [...kernel.words(found, count)];
    return candidates.filter((row) => {
      const texts = this.textsOf(fields + row * stride);
      return this.isHeader(texts) || isHintLine(Buffer.from(texts.join(this.dialect.delimiter)));
    });
  }

  private textsOf(fields: Address): string[] {
    const { kernel, columns } = this;
    return columns.map((_, column) => {
      const field = fields + column * 8;
      return kernel.text(kernel.word(field), kernel.word(field + 4));
    });
  }
}

function withoutFront(name: string, quote: string): string {
  let start = 0;
  while (start < name.length && [' ', '\t', quote].includes(name[start] ?? '')) start++;
  return name.slice(start);
}
