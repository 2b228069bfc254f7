import { join } from 'node:path';
import { keysName } from '@etl/pipeline/layout';
import type { Rule } from '@etl/pipeline/quality/rules';
import { KeyFile, type StoredRuns } from './keyFile';
import { type Measured, mergeTotals } from './measures';

/** The keys of a chunk for one rule. */
export interface StoredKeys extends StoredRuns {
  /** Relative to the batch's internal folder. */
  readonly location: string;
}

/** Measures of a chunk's written rows. */
export interface MeasuredChunk {
  /** By rule. */
  readonly totals: readonly (number | null)[];
  /** In the order of the rules that compare rows. */
  readonly keys: readonly StoredKeys[];
}

/** Collects the measures of a chunk. */
export class ChunkMeasures {
  private totals: readonly (number | null)[] = [];
  private files: readonly KeyFile[] = [];

  constructor(
    private readonly rules: readonly Rule[],
    private readonly scratch: string,
    private readonly chunk: number,
  ) {}

  /** Adds the measures of a group that starts in `line`. */
  async add({ totals, keys }: Measured, line: number): Promise<void> {
    this.totals = mergeTotals(this.rules, this.totals, totals);
    if (this.files.length === 0)
      this.files = keys.map((_, at) => new KeyFile(join(this.scratch, keysName(this.chunk, at + 1))));
    for (const [at, file] of this.files.entries()) await file.add(keys[at] ?? new Uint32Array(0), line);
  }

  async store(put: (name: string, path: string) => Promise<string>): Promise<MeasuredChunk> {
    const keys: StoredKeys[] = [];
    for (const [at, file] of this.files.entries()) {
      const { stored, ...rest } = await file.store((path) => put(keysName(this.chunk, at + 1), path));
      keys.push({ location: stored, ...rest });
    }
    return { totals: this.totals, keys };
  }

  async remove(): Promise<void> {
    for (const file of this.files) await file.remove();
  }
}
