import { canonicalJson } from '@etl/lib/canonicalJson';
import { capped } from '@etl/lib/capped';
import { kindOf } from '@etl/pipeline/columns/types';
import type { Column } from '@etl/pipeline/csv/columnNames';
import type { Options } from '@etl/pipeline/options';
import { addColumns, addEvidence, type Evidence, noEvidence, type StoredEvidence, toStoredEvidence } from './evidence';
import { type ColumnPlan, type Decision, decideColumn } from './schema';

/** The evidence of each column. */
export interface ColumnEvidence {
  /** Evidence of the values that were read. */
  readonly seen: readonly StoredEvidence[];
  /**
   * Evidence of the rows that were sampled beforehand. Values of a column that the sample shows to be text are not
   * examined, so `seen` has no evidence of that column.
   */
  readonly hints: readonly StoredEvidence[];
}

/**
 * How `seen` and `hints` decide the types. `whole`: the sampled rows are read again with all the others, and their
 * evidence counts once. `part`: only some of the rows are read, and the hints come from other rows. `settled`: the
 * types do not change.
 */
export type Basis = 'whole' | 'part' | 'settled';

/** The schema of the rows read so far. Accumulates evidence and decides the types. */
export class Table {
  private seen: Evidence[];
  private hints: Evidence[];
  private decided: readonly Decision[] | undefined;

  constructor(
    readonly columns: readonly Column[],
    private readonly options: Options,
    private readonly delimiter: string,
    known?: ColumnEvidence,
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

  known(): ColumnEvidence {
    return { seen: this.seen.map(toStoredEvidence), hints: this.hints.map(toStoredEvidence) };
  }

  plans(): ColumnPlan[] {
    return this.decisions().map(({ plan }) => plan);
  }

  warnings(): string[] {
    return this.decisions().flatMap(({ warnings }) => warnings);
  }

  /** Returns the normalised names of the first columns, for messages. */
  names(): readonly string[] {
    return capped(this.columns.map(({ name }) => name));
  }

  /** Returns the declared columns that the file lacks. */
  missing(): string[] {
    const names = new Set(this.columns.map(({ name }) => name));
    return Object.keys(this.options.columns ?? {}).filter((name) => !names.has(name));
  }

  private decisions(): readonly Decision[] {
    this.decided ??= this.columns.map((column, index) => {
      const decide = (evidence: Evidence) => decideColumn(column, evidence, this.options, this.delimiter);
      const seen = this.seen[index] ?? noEvidence;
      const together = decide(addEvidence(this.hints[index] ?? noEvidence, seen));
      // Values of a column that stays text may have been skipped, so `seen` alone is incomplete.
      if (this.basis === 'part' || seen.values === 0 || isTextForGood(together.plan)) return together;
      return decide(seen);
    });
    return this.decided;
  }
}

function isTextForGood({ type, declared, watch }: ColumnPlan): boolean {
  return type === 'text' && !declared && watch === 'nothing';
}

/** Returns a key that is equal for plans that write the same Parquet for the same values. */
export function signature(plans: readonly ColumnPlan[]): string {
  return plans.map(signatureOf).join('|');
}

function signatureOf({ type, decimal, dateOrder, rules }: ColumnPlan): string {
  const declared = rules ? ` ${canonicalJson(rules)}` : '';
  switch (kindOf(type)) {
    case 'double':
    case 'decimal':
      return `${type}${decimal}${declared}`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return `${type} ${dateOrder}${declared}`;
    default:
      return `${type}${declared}`;
  }
}
