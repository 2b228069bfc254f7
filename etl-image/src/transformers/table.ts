import type { Column } from '@etl/pipeline/csv/columnNames';
import type { Options } from '@etl/pipeline/options';
import type { Known } from './engine';
import { addEvidence, type Evidence, noEvidence } from './evidence';
import { type ColumnPlan, decideColumn, samePlan } from './schema';

/** The whole file's schema as far as the file was seen: evidence adds up, and decides. */
export class Table {
  private evidence: Evidence[];

  constructor(
    readonly columns: readonly Column[],
    private readonly options: Options,
    private readonly delimiter: string,
  ) {
    this.evidence = columns.map(() => noEvidence);
  }

  known(): Known[] {
    return this.evidence.map((evidence, index) => ({
      evidence,
      declared: this.options.columns?.[this.columns[index]?.name ?? ''] !== undefined,
    }));
  }

  add(evidence: readonly Evidence[]): void {
    this.evidence = this.evidence.map((known, index) => addEvidence(known, evidence[index] ?? noEvidence));
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

  private decisions() {
    return this.columns.map((column, index) =>
      decideColumn(column, this.evidence[index] ?? noEvidence, this.options, this.delimiter),
    );
  }
}

/** Whether what was written under these plans is what the others would have written. */
export function samePlans(a: readonly ColumnPlan[], b: readonly ColumnPlan[]): boolean {
  return a.every((plan, index) => {
    const other = b[index];
    return other !== undefined && samePlan(plan, other);
  });
}
