import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import type { Address, Kernel } from '../../kernel/kernel';
import { createHeaderTest } from '../../transformers/repeatedHeader';
import type { ColumnPlan } from '../../transformers/schema';
import type { FieldDialect } from '../engine';

/** How a field begins in rows that are worth a look. */
interface Probe {
  readonly column: number;
  readonly word: Address;
  readonly length: number;
}

const longestWord = 8;

/** Finds the rows of a batch that repeat the header. The kernel picks out the few that may, by how one of their fields begins. */
export class RepeatedHeaders {
  private readonly probes: readonly Probe[];
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
    this.probes = [...(named ? [this.probe(column, begins(named))] : []), this.probe(0, 'sep=')];
    this.found = kernel.place(batchRows * 4);
    this.isHeader = createHeaderTest(columns);
  }

  /** Which of these rows do, counted from the first of them. */
  find(fields: Address, stride: number, rows: number): number[] {
    const { kernel, found } = this;
    const quote = this.dialect.quote.charCodeAt(0);
    const maybe = this.probes.flatMap(({ column, word, length }) => {
      const count = kernel.run.rowsThatBegin(fields + column * 8, stride, rows, quote, word, length, found);
      return [...kernel.words(found, count)];
    });
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

  private probe(column: number, begins: string): Probe {
    const bytes = Buffer.from(begins).subarray(0, longestWord);
    const word = this.kernel.place(longestWord);
    this.kernel.write(word, bytes);
    return { column, word, length: bytes.length };
  }
}

function withoutFront(name: string, quote: string): string {
  let start = 0;
  while (start < name.length && [' ', '\t', quote].includes(name[start] ?? '')) start++;
  return name.slice(start);
}
