import type { Column } from '@etl/pipeline/csv/columnNames';
import type { Options } from '@etl/pipeline/options';
import { addEvidence, type Evidence, noEvidence } from './evidence';
import { type ColumnPlan, type Decision, decideColumn } from './schema';

/** The whole file's schema as far as the file was seen: evidence adds up, and decides. */
export class Table {
  private seen: Evidence[];
  private hints: Evidence[];
  private decided: readonly Decision[] | undefined;

  constructor(
    readonly columns: readonly Column[],
    private readonly options: Options,
    private readonly delimiter: string,
    before?: { seen: readonly Evidence[]; hints: readonly Evidence[] },
  ) {
    this.seen = [...(before?.seen ?? columns.map(() => noEvidence))];
    this.hints = [...(before?.hints ?? columns.map(() => noEvidence))];
  }

  /**
   * What the first rows say. They are read again with all the others, and are not counted twice: a hint only counts as long
   * as there is nothing else, as for a column that it showed to be text, and whose values nobody looks at any more.
   */
  hint(evidence: readonly Evidence[]): void {
    this.hints = [...evidence];
    this.decided = undefined;
  }

  add(evidence: readonly Evidence[]): void {
    this.seen = this.seen.map((known, index) => addEvidence(known, evidence[index] ?? noEvidence));
    this.decided = undefined;
  }

  /** What a later generation has to know in order to go on. */
  state(): { seen: readonly Evidence[]; hints: readonly Evidence[] } {
    return { seen: this.seen, hints: this.hints };
  }

  plans(): ColumnPlan[] {
    return this.decisions().map(({ plan }) => plan);
  }

  warnings(): string[] {
    return this.decisions().flatMap(({ warnings }) => warnings);
  }

  /** Declared columns that the file does not have. */
  missing(): string[] {
    const names = new Set(this.columns.map(({ name }) => name));
    return Object.keys(this.options.columns ?? {}).filter((name) => !names.has(name));
  }

  private decisions(): readonly Decision[] {
    this.decided ??= this.columns.map((column, index) => {
      const seen = this.seen[index] ?? noEvidence;
      const evidence = seen.values > 0 ? seen : (this.hints[index] ?? noEvidence);
      return decideColumn(column, evidence, this.options, this.delimiter);
    });
    return this.decided;
  }
}

/** Equal for plans that write the same Parquet for the same values. */
export function signature(plans: readonly ColumnPlan[]): string {
  return plans
    .map(({ type, decimal, dateOrder }) => {
      if (type === 'double') return `${type}${decimal}`;
      return type === 'date' || type === 'timestamp' ? `${type} ${dateOrder}` : type;
    })
    .join('|');
}
