import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cut } from '@etl/lib/capped';
import { findingsName, partName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import type { Rule } from '@etl/pipeline/quality/rules';
import type { CutGroup } from '../csv/rowGroups';
import type { Position } from '../csv/window';
import type { Engine, PartWriter, ReadGroup } from '../engine/engine';
import { ChunkMeasures, type MeasuredChunk } from '../quality/chunkMeasures';
import { addColumns, type Evidence, type StoredEvidence, toStoredEvidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';
import { signature } from '../types/table';
import { Findings } from './findings';
import { greatest } from './greatest';

/** Maximum number of examples of coerced values per column. */
export const coercedExamples = 5;

/** In characters. Each example is in the checkpoint and in the manifest, which are read as a whole. */
const maxExample = 200;

/** Result of a chunk's conversion. */
export interface FinishedChunk {
  readonly number: number;
  readonly start: Position;
  readonly end: Position;
  readonly rows: number;
  readonly rowsBlank: number;
  readonly rowsRejected: number;
  /** Evidence of each column. The evidence of all chunks adds up and decides the file's schema. */
  readonly evidence: readonly StoredEvidence[];
  /** Number of its footer rows, which are not in `rows`, and the line of the first one; absent without any. */
  readonly footer?: { readonly rows: number; readonly line: number };
  /** Rejects by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Dates that became null, by column, with examples. */
  readonly coerced: Readonly<Record<string, number>>;
  readonly coercedExamples: Readonly<Record<string, readonly string[]>>;
  /** Line of the first such date, by column. Absent in checkpoints of earlier versions. */
  readonly coercedLines?: Readonly<Record<string, number>>;
  /** Signature of the plans under which it was written; undefined for a chunk that must be read again. */
  readonly schema: string | undefined;
  /** Absent if no row of the chunk is written. */
  readonly part?: Part;
  /**
   * Greatest length of each column's values in the part, in bytes of UTF-8; 0 for types that are not stored as text.
   * Absent without a part, and in checkpoints of earlier versions.
   */
  readonly maxBytes?: readonly number[];
  /** Locations of its rejects and coercions, if it has any. */
  readonly rejects?: string;
  readonly coercions?: string;
  /** Measures of the quality rules; absent without rules. */
  readonly quality?: MeasuredChunk;
}

/** Stores the files of chunks. Stored files are never rewritten: each pass uses different names. */
export interface ChunkStore {
  addPart(pass: Pass, name: string, path: string, rows: number): Promise<Part>;
  /** Returns the location of a file with findings or keys. */
  addFile(pass: Pass, name: string, path: string): Promise<string>;
}

export type Pass = 'first' | 'second';

/** A chunk in progress. All of its part is written under one schema. */
export class ChunkDraft {
  readonly number: number;
  private readonly start: Position;
  private end: Position;
  private readonly partPath: string;
  private readonly rejects: Findings;
  private readonly coercions: Findings;
  private readonly measures: ChunkMeasures | undefined;
  private readonly examples = new Map<string, string[]>();
  private readonly firstLines = new Map<string, number>();
  private writer: PartWriter | undefined;
  private rows = 0;
  private rowsWritten = 0;
  private maxBytes: readonly number[] = [];
  private rowsBlank = 0;
  private footer: FinishedChunk['footer'];
  private evidence: readonly Evidence[] = [];
  /** Plans under which the chunk is written; undefined before the first group. */
  plans: readonly ColumnPlan[] | undefined;
  /** Whether the schema has changed since the chunk's first group, so that the chunk must be written again. */
  stale = false;

  constructor(
    first: CutGroup,
    private readonly engine: Engine,
    scratch: string,
    rules: readonly Rule[],
  ) {
    this.number = first.chunk;
    this.start = first.start;
    this.end = first.end;
    this.partPath = join(scratch, partName(first.chunk));
    this.rejects = new Findings(join(scratch, findingsName('rejects', first.chunk)));
    this.coercions = new Findings(join(scratch, findingsName('coercions', first.chunk)));
    if (rules.length > 0) this.measures = new ChunkMeasures(rules, scratch, first.chunk);
  }

  /** Adds evidence, which counts even if the rows are rejected. */
  addEvidence(evidence: readonly Evidence[]): void {
    this.evidence = addColumns(evidence.length, this.evidence, evidence);
  }

  /** Discards the part, because a later row has changed the schema. */
  async markStale(group: CutGroup): Promise<void> {
    this.stale = true;
    this.advance(group);
    await this.abandon();
  }

  async add(group: CutGroup, read: ReadGroup, plans: readonly ColumnPlan[]): Promise<void> {
    this.advance(group);
    this.plans = plans;
    this.rowsBlank += read.rowsBlank;
    if (read.footer) {
      const { rows, lines } = read.footer;
      this.rows -= rows;
      this.footer = { rows: rows + (this.footer?.rows ?? 0), line: this.footer?.line ?? group.start.line + lines };
    }
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
    if (read.measured) await this.measures?.add(read.measured, group.start.line);
    if (read.rowsWritten === 0) return;
    this.maxBytes = greatest([this.maxBytes, read.maxBytes], plans.length);
    this.writer ??= await this.engine.openPart(this.partPath, plans);
    await this.writer.add(read);
  }

  /** Completes the part's file. */
  async close(): Promise<void> {
    await this.writer?.finish();
  }

  /** Stores the finished files. */
  async finish(chunkStore: ChunkStore, pass: Pass): Promise<FinishedChunk> {
    const { number, start, end, rows, rowsBlank, plans, rowsWritten } = this;
    const base = {
      number,
      start,
      end,
      rows,
      rowsBlank,
      evidence: this.evidence.map(toStoredEvidence),
      rowsRejected: this.rejects.count,
      rejected: this.rejects.byKind(),
      coerced: this.coercions.byKind(),
      coercedExamples: Object.fromEntries(this.examples),
      coercedLines: Object.fromEntries(this.firstLines),
      ...(this.footer && { footer: this.footer }),
    };
    if (this.stale || !plans) return { ...base, schema: undefined };
    const part = this.writer && (await chunkStore.addPart(pass, partName(number), this.partPath, rowsWritten));
    const rejects = await this.rejects.store((path) => chunkStore.addFile(pass, findingsName('rejects', number), path));
    const coercions = await this.coercions.store((path) =>
      chunkStore.addFile(pass, findingsName('coercions', number), path),
    );
    const quality = await this.measures?.store((name, path) => chunkStore.addFile(pass, name, path));
    await this.removeFiles();
    return {
      ...base,
      schema: signature(plans),
      ...(part && { part, maxBytes: this.maxBytes }),
      ...(rejects !== undefined && { rejects }),
      ...(coercions !== undefined && { coercions }),
      ...(quality && { quality }),
    };
  }

  async abandon(): Promise<void> {
    await this.writer?.abandon();
    this.writer = undefined;
    await this.removeFiles();
  }

  private advance(group: CutGroup): void {
    this.rows += group.rows;
    this.end = group.end;
  }

  private async removeFiles(): Promise<void> {
    await rm(this.partPath, { force: true });
    await this.rejects.remove();
    await this.coercions.remove();
    await this.measures?.remove();
  }
}
