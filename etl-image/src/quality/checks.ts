import type { Rule } from '@etl/pipeline/quality/rules';
import type { ColumnPlan } from '../types/schema';
import { signature } from '../types/table';
import { type Measured, measureRows, measuresOf } from './measures';
import type { Measure } from './metric';
import type { WrittenRows } from './writtenRows';

/** What an engine measures while it reads. */
export interface Checks {
  readonly rules: readonly Rule[];
  /** Key of the hashes of rows: 16 bytes, equal in all launches for a source. */
  readonly hashKey: Uint8Array;
}

/** Measures groups of rows. Prepares the rules once for each schema. */
export class Checker {
  private prepared: { readonly schema: string; readonly measures: readonly Measure[] } | undefined;

  constructor(readonly checks: Checks) {}

  measure(plans: readonly ColumnPlan[], rows: WrittenRows): Measured {
    const schema = signature(plans);
    if (this.prepared?.schema !== schema) this.prepared = { schema, measures: measuresOf(this.checks.rules, plans) };
    return measureRows(this.prepared.measures, rows);
  }
}
