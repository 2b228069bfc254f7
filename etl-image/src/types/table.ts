import type { Column } from '@etl/pipeline/csv/columnNames';
import type { Options } from '@etl/pipeline/options';
import { addColumns, addEvidence, type Evidence, type KeptEvidence, keepEvidence, noEvidence } from './evidence';
import { type ColumnPlan, type Decision, decideColumn } from './schema';

/** What is known of each column. */
export interface Known {
  /** What the values say that were read. */
  readonly seen: readonly KeptEvidence[];
  /**
   * What some rows said that were looked at beforehand. A column that they showed to be text is not looked at any more, and so
   * has nothing in `seen`.
   */
  readonly hints: readonly KeptEvidence[];
}

/**
 * How `seen` and `hints` decide. `whole`: the hints are of rows that are read again with all the others, and are not counted
 * twice. `part`: only some of the rows are read, and the hints are of others. `settled`: nothing that is read changes anything.
 */
export type Basis = 'whole' | 'part' | 'settled';

/** The schema as far as the file was seen: evidence adds up, and decides. */
export class Table {
  private seen: Evidence[];
  private hints: Evidence[];
  private decided: readonly Decision[] | undefined;

  constructor(
    readonly columns: readonly Column[],
    private readonly options: Options,
    private readonly delimiter: string,
    known?: Known,
    private readonly basis: Basis = 'whole',
  ) {
    this.seen = addColumns(columns.length, known?.seen ?? []);
    this.hints = addColumns(columns.length, known?.hints ?? []);
  }

  hint(evidence: readonly Evidence[]): void {
    this.hints = addColumns(this.columns.length, this.hints, evidence);
    this.decided = undefined;
  }

  add(evidence: readonly Evidence[]): void {
    if (this.basis === 'settled') return;
    this.seen = addColumns(this.columns.length, this.seen, evidence);
    this.decided = undefined;
  }

  known(): Known {
    return { seen: this.seen.map(keepEvidence), hints: this.hints.map(keepEvidence) };
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
      const decide = (evidence: Evidence) => decideColumn(column, evidence, this.options, this.delimiter);
      const seen = this.seen[index] ?? noEvidence;
      const together = decide(addEvidence(this.hints[index] ?? noEvidence, seen));
      // Of a column that is text for good, values may have been passed over: what was seen of it is not all there is.
      if (this.basis === 'part' || seen.values === 0 || isTextForGood(together.plan)) return together;
      return decide(seen);
    });
    return this.decided;
  }
}

function isTextForGood({ type, declared, watch }: ColumnPlan): boolean {
  return type === 'text' && !declared && watch === 'nothing';
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
