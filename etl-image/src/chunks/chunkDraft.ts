import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cut } from '@etl/lib/capped';
import { findingsName, partName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import type { CutGroup } from '../csv/rowGroups';
import type { Position } from '../csv/window';
import type { Engine, PartWriter, ReadGroup } from '../engine/engine';
import { addColumns, type Evidence, type KeptEvidence, keepEvidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';
import { signature } from '../types/table';
import { Findings } from './findings';

/** How many coerced values of a column are kept as examples. */
export const coercedExamples = 5;

/** Characters of an example: each is in the checkpoint and in the manifest, which are read as a whole. */
const maxExample = 200;

/** What became of a chunk. */
export interface FinishedChunk {
  readonly number: number;
  readonly start: Position;
  readonly end: Position;
  readonly rows: number;
  readonly rowsBlank: number;
  readonly rowsRejected: number;
  /** What its values say of each column: those of all chunks add up to what the file's schema is decided by. */
  readonly evidence: readonly KeptEvidence[];
  /** Rejects by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Dates that became null, by column, and some of them. */
  readonly coerced: Readonly<Record<string, number>>;
  readonly coercedExamples: Readonly<Record<string, readonly string[]>>;
  /** The line of the first one, by column. Absent in checkpoints of earlier versions. */
  readonly coercedLines?: Readonly<Record<string, number>>;
  /** The signature of the plans it was read under; undefined for one that has to be read again. */
  readonly schema: string | undefined;
  /** None when no row of the chunk was left. */
  readonly part?: Part;
  /** Where its rejects and coercions lie, when it has any. */
  readonly rejects?: string;
  readonly coercions?: string;
}

/** Puts a chunk's files somewhere safe. What it holds is never written again: each pass has names of its own. */
export interface ChunkStore {
  addPart(pass: Pass, name: string, path: string, rows: number): Promise<Part>;
  addFindings(pass: Pass, name: string, path: string): Promise<string>;
}

export type Pass = 'first' | 'second';

/** A chunk that is being written: all of it under one schema. */
export class ChunkDraft {
  readonly number: number;
  private readonly start: Position;
  private end: Position;
  private readonly partPath: string;
  private readonly rejects: Findings;
  private readonly coercions: Findings;
  private readonly examples = new Map<string, string[]>();
  private readonly firstLines = new Map<string, number>();
  private writer: PartWriter | undefined;
  private rows = 0;
  private rowsWritten = 0;
  private rowsBlank = 0;
  private evidence: readonly Evidence[] = [];
  /** Undefined as long as nothing was written, and again once it has to be written again. */
  plans: readonly ColumnPlan[] | undefined;
  stale = false;

  constructor(
    first: CutGroup,
    private readonly engine: Engine,
    scratch: string,
  ) {
    this.number = first.chunk;
    this.start = first.start;
    this.end = first.end;
    this.partPath = join(scratch, partName(first.chunk));
    this.rejects = new Findings(join(scratch, findingsName('rejects', first.chunk)));
    this.coercions = new Findings(join(scratch, findingsName('coercions', first.chunk)));
  }

  /** Evidence counts whatever becomes of the rows that gave it. */
  learn(evidence: readonly Evidence[]): void {
    this.evidence = addColumns(evidence.length, this.evidence, evidence);
  }

  /** A later part of the file has changed what this one was written under. */
  async makeStale(group: CutGroup): Promise<void> {
    this.stale = true;
    this.pass(group);
    await this.abandon();
  }

  async add(group: CutGroup, read: ReadGroup, plans: readonly ColumnPlan[]): Promise<void> {
    this.pass(group);
    this.plans = plans;
    this.rowsBlank += read.rowsBlank;
    this.rowsWritten += read.rowsWritten;
    await this.rejects.add(
      group.start,
      read.rejects,
      ({ kind }) => kind,
      ({ column, reason, raw }) => ({ column, reason, raw }),
    );
    await this.coercions.add(
      group.start,
      read.coercions,
      ({ column }) => column,
      ({ column, raw }) => ({ column, raw }),
    );
    for (const { column, raw, lines } of read.coercions) {
      if (!this.firstLines.has(column)) this.firstLines.set(column, group.start.line + lines);
      const examples = this.examples.get(column) ?? [];
      const example = cut(raw, maxExample);
      if (examples.length < coercedExamples && !examples.includes(example))
        this.examples.set(column, [...examples, example]);
    }
    if (read.rowsWritten === 0) return;
    this.writer ??= await this.engine.openPart(this.partPath, plans);
    await this.writer.add(read);
  }

  /** Completes the part's file. */
  async close(): Promise<void> {
    await this.writer?.finish();
  }

  /** Takes the finished files to the chunkStore. */
  async finish(chunkStore: ChunkStore, pass: Pass): Promise<FinishedChunk> {
    const { number, start, end, rows, rowsBlank, plans, rowsWritten } = this;
    const base = {
      number,
      start,
      end,
      rows,
      rowsBlank,
      evidence: this.evidence.map(keepEvidence),
      rowsRejected: this.rejects.count,
      rejected: this.rejects.byKind(),
      coerced: this.coercions.byKind(),
      coercedExamples: Object.fromEntries(this.examples),
      coercedLines: Object.fromEntries(this.firstLines),
    };
    if (this.stale || !plans) return { ...base, schema: undefined };
    const part = this.writer && (await chunkStore.addPart(pass, partName(number), this.partPath, rowsWritten));
    const rejects = await this.rejects.shelve((path) =>
      chunkStore.addFindings(pass, findingsName('rejects', number), path),
    );
    const coercions = await this.coercions.shelve((path) =>
      chunkStore.addFindings(pass, findingsName('coercions', number), path),
    );
    await this.removeFiles();
    return {
      ...base,
      schema: signature(plans),
      ...(part && { part }),
      ...(rejects !== undefined && { rejects }),
      ...(coercions !== undefined && { coercions }),
    };
  }

  async abandon(): Promise<void> {
    await this.writer?.abandon();
    this.writer = undefined;
    await this.removeFiles();
  }

  private pass(group: CutGroup): void {
    this.rows += group.rows;
    this.end = group.end;
  }

  private async removeFiles(): Promise<void> {
    await rm(this.partPath, { force: true });
    await this.rejects.remove();
    await this.coercions.remove();
  }
}
