import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { createHeaderTest } from '../../types/repeatedHeader';
import type { ColumnPlan } from '../../types/schema';
import type { Address, Kernel } from '../../wasm/kernel';
import type { FieldDialect } from '../engine';

const longestWord = 8;
/** For a header without a name to look for: hints are looked for anyway. */
const hintWord = 'sep=';

/** Finds the rows of a batch that repeat the header. The kernel picks out the few that may, by how one of their fields begins. */
export class RepeatedHeaders {
  /** How a column's name begins: that column's fields tell which rows are worth a look. */
  private readonly probe: { readonly column: number; readonly word: Address; readonly length: number };
  private readonly found: Address;
  private readonly isHeader: (fields: readonly string[]) => boolean;

  constructor(
    private readonly kernel: Kernel,
    private readonly columns: readonly ColumnPlan[],
    private readonly dialect: FieldDialect,
    batchRows: number,
  ) {
    // What the kernel skips in front of a field is not part of the word.
    const begins = (column: ColumnPlan): string => withoutFront(column.sourceName, dialect.quote);
    const column = columns.findIndex((each) => begins(each) !== '');
    const named = columns[column];
    const bytes = Buffer.from(named ? begins(named) : hintWord).subarray(0, longestWord);
    this.probe = { column: Math.max(0, column), word: kernel.place(longestWord), length: bytes.length };
    kernel.write(this.probe.word, bytes);
    this.found = kernel.place(batchRows * 4);
    this.isHeader = createHeaderTest(columns);
  }

  /** Which of these rows do, counted from the first of them. */
  find(fields: Address, stride: number, rows: number): number[] {
    const { kernel, found } = this;
    const { column, word, length } = this.probe;
    const quote = this.dialect.quote.charCodeAt(0);
    const count = kernel.run.maybeHeaders(fields, stride, rows, quote, column, word, length, found);
    const maybe = [...kernel.words(found, count)];
    return maybe.filter((row) => {
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
