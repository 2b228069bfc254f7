import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { partName, rejectsName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import type { Coerced, Engine, PartWriter, ReadGroup } from '../engines/engine';
import type { CutGroup, Position } from '../extractors/rowGroups';
import type { ColumnPlan } from '../transformers/schema';
import { signature } from '../transformers/table';

/** What became of a chunk. */
export interface FinishedChunk {
  readonly number: number;
  readonly start: Position;
  readonly end: Position;
  readonly rows: number;
  readonly rowsBlank: number;
  readonly rowsRejected: number;
  /** Rejects by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly coerced: readonly Coerced[];
  /** The signature of the plans it was read under; undefined for one that has to be read again. */
  readonly schema: string | undefined;
  /** None when no row of the chunk was left. */
  readonly part?: Part;
  /** Where its rejects lie, when it has any. */
  readonly rejects?: string;
}

/** Puts a chunk's files somewhere safe. */
export interface Shelf {
  addPart(name: string, path: string, rows: number): Promise<Part>;
  addRejects(name: string, path: string): Promise<string>;
}

/** A chunk that is being written: all of it under one schema. */
export class ChunkDraft {
  readonly number: number;
  private readonly start: Position;
  private end: Position;
  private readonly partPath: string;
  private readonly rejectsPath: string;
  private writer: PartWriter | undefined;
  private rows = 0;
  private rowsWritten = 0;
  private rowsBlank = 0;
  private rowsRejected = 0;
  private readonly rejected: Record<string, number> = {};
  private readonly coerced = new Map<string, Coerced>();
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
    this.rejectsPath = join(scratch, rejectsName(first.chunk));
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
    await this.addRejects(group, read);
    for (const { column, count, examples } of read.coerced) {
      const known = this.coerced.get(column);
      this.coerced.set(column, { column, count: (known?.count ?? 0) + count, examples: known?.examples ?? examples });
    }
    if (read.rowsWritten === 0) return;
    this.writer ??= await this.engine.openPart(this.partPath, plans);
    await this.writer.add(read);
  }

  /** Completes the part's file. */
  async close(): Promise<void> {
    await this.writer?.finish();
  }

  /** Takes the finished files to the shelf. */
  async finish(shelf: Shelf): Promise<FinishedChunk> {
    const { number, start, end, rows, rowsBlank, rowsRejected, rejected, plans, rowsWritten } = this;
    const base = { number, start, end, rows, rowsBlank, rowsRejected, rejected, coerced: [...this.coerced.values()] };
    if (this.stale || !plans) return { ...base, schema: undefined };
    const part = this.writer && (await shelf.addPart(partName(number), this.partPath, rowsWritten));
    const rejects = rowsRejected > 0 ? await shelf.addRejects(rejectsName(number), this.rejectsPath) : undefined;
    await this.removeFiles();
    return {
      ...base,
      schema: signature(plans),
      ...(part && { part }),
      ...(rejects !== undefined && { rejects }),
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

  private async addRejects(group: CutGroup, { rejects }: ReadGroup): Promise<void> {
    if (rejects.length === 0) return;
    const lines = rejects.map(({ row, lines, byte, column, reason, kind, raw }) => {
      this.rejected[kind] = (this.rejected[kind] ?? 0) + 1;
      const place = { line: group.start.line + lines, row: group.start.row + row, byteOffset: group.start.byte + byte };
      return `${JSON.stringify({ ...place, column, reason, raw })}\n`;
    });
    this.rowsRejected += rejects.length;
    await appendFile(this.rejectsPath, lines.join(''));
  }

  private async removeFiles(): Promise<void> {
    await rm(this.partPath, { force: true });
    await rm(this.rejectsPath, { force: true });
  }
}
