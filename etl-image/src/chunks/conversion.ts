import type { Options } from '@etl/pipeline/options';
import { cutsOf, knownGroups } from '../csv/knownGroups';
import { type CutGroup, cuttingOf, firstRows, hintRows, rowGroups } from '../csv/rowGroups';
import { gaps, runsOf, type Span } from '../csv/spans';
import type { Cutting, Position } from '../csv/window';
import type { Engine, ReadGroup } from '../engine/engine';
import { BadConfigurationError } from '../errors';
import type { Source } from '../source/source';
import { addColumns, type StoredEvidence, toStoredEvidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';
import { type ColumnEvidence, signature, Table } from '../types/table';
import { ChunkDraft, type ChunkStore, type FinishedChunk, type Pass } from './chunkDraft';
import { inOrder } from './inOrder';

/** State of a conversion, from which a later one of the same source resumes. */
export interface ConversionState {
  /** In any order. A chunk may occur once for each schema under which it was written. */
  readonly chunks: readonly FinishedChunk[];
  readonly hints: readonly StoredEvidence[];
}

export interface ConversionProgress {
  /** Stored bytes of the source up to the last row that was converted or skipped. */
  readonly bytesRead: number;
  readonly rowsRead: number;
  /** Rows read, without those of resumed chunks. */
  readonly rowsConverted: number;
  /** The part in progress, the number of finished parts, and their bytes. */
  readonly part: number;
  readonly parts: number;
  readonly bytesWritten: number;
}

export interface ConversionSettings {
  readonly source: Source;
  readonly options: Options;
  readonly chunkRows: number;
  readonly scratch: string;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly chunkStore: ChunkStore;
  /** State of earlier launches to resume from. */
  readonly resumeFrom: ConversionState | undefined;
  /** Range of a seekable source to convert. @default the whole source */
  readonly range?: Span;
  /** Known starts of row groups, which spare the search for them. */
  readonly groupStarts?: readonly Position[];
  /** @default 'whole' */
  readonly basis?: 'whole' | 'part';
  /** Whether stale chunks are left as they are. */
  readonly firstPassOnly?: boolean;
  /** Evidence that decides the schema, independent of the values read. */
  readonly settled?: ColumnEvidence | undefined;
  /** Called between the passes if chunks are stale, with the evidence. The second pass does not start if it throws. */
  readonly onStale?: (stale: readonly FinishedChunk[], known: ColumnEvidence) => Promise<void>;
  readonly onState: (state: ConversionState) => Promise<void>;
  readonly onProgress: (progress: Partial<ConversionProgress>) => void;
}

export interface Conversion {
  readonly plans: readonly ColumnPlan[];
  readonly chunks: readonly FinishedChunk[];
  readonly warnings: readonly string[];
  readonly hints: readonly StoredEvidence[];
  /** Rows read, without those of resumed chunks. */
  readonly rowsConverted: number;
}

/**
 * Converts a source, chunk by chunk, under one schema. The first pass writes each chunk under the schema of the
 * evidence so far. Evidence only adds up, so a chunk is stale only if a later row changes the schema. The second pass
 * rewrites the stale chunks.
 */
export async function convert(settings: ConversionSettings): Promise<Conversion> {
  const { signal } = settings;
  const table = openTable(settings);
  const missing = table.missing();
  if (missing.length > 0)
    throw new BadConfigurationError(
      `declared columns are not in the header: ${missing.join(', ')}: declare columns of the file: ${table.names().join(', ')}`,
      'Correct the file, or the declared columns',
    );
  const passes = new Passes(settings, table);
  try {
    await passes.first();
    if (!settings.firstPassOnly) await passes.second();
  } catch (error) {
    signal.throwIfAborted(); // reports an interruption as its reason
    throw error;
  }
  const { rowsConverted } = passes;
  return {
    plans: table.plans(),
    chunks: passes.chunks(),
    warnings: table.warnings(),
    hints: passes.hints(),
    rowsConverted,
  };
}

function openTable({ source, options, resumeFrom, basis, settled }: ConversionSettings): Table {
  const { columns, delimiter } = source.head;
  const byNumber = new Map((resumeFrom?.chunks ?? []).map((chunk) => [chunk.number, chunk]));
  const seen = addColumns(columns.length, ...[...byNumber.values()].map(({ evidence }) => evidence));
  const known = settled ?? { seen, hints: resumeFrom?.hints ?? [] };
  return new Table(columns, options, delimiter, known, settled ? 'settled' : basis);
}

class Passes {
  private readonly finished = new Map<number, FinishedChunk>();
  /** Stores one chunk's files while the next chunk is read. */
  private finishing: Promise<void> = Promise.resolve();
  private rowsRead = 0;
  rowsConverted = 0;
  private readonly cutting: Cutting;

  constructor(
    private readonly settings: ConversionSettings,
    private readonly table: Table,
  ) {
    const now = signature(table.plans());
    for (const chunk of settings.resumeFrom?.chunks ?? []) {
      if (chunk.schema === now || !this.finished.has(chunk.number)) this.finished.set(chunk.number, chunk);
    }
    for (const { rows } of this.finished.values()) this.rowsRead += rows;
    this.cutting = cuttingOf(settings.source, settings.chunkRows);
  }

  chunks(): FinishedChunk[] {
    return [...this.finished.values()].sort((a, b) => a.number - b.number);
  }

  /** Returns the evidence for which columns are not examined, in this conversion and in those that it resumes from. */
  hints(): StoredEvidence[] {
    const { resumeFrom, settled } = this.settings;
    const { hints } = this.table.known();
    if (!settled) return [...hints];
    const columns = this.cutting.columns;
    return addColumns(columns, resumeFrom?.hints ?? [], settled.hints, settled.seen).map(toStoredEvidence);
  }

  async first(): Promise<void> {
    const { source, range = { start: undefined, end: undefined } } = this.settings;
    const missing = gaps(this.chunks(), range);
    // A seekable source is read only in the gaps.
    for (const gap of source.seekable ? missing : [range]) await this.fill(gap);
  }

  private async fill(gap: Span): Promise<void> {
    const { engine } = this.settings;
    const groups = this.hinted(this.groups(gap, (chunk) => !this.finished.has(chunk)));
    const readWithPlans = async (group: CutGroup) => {
      const plans = this.table.plans();
      return { plans, read: await engine.read(group, plans) };
    };
    await this.drafts(
      'first',
      inOrder(groups, engine.parallel, readWithPlans),
      async (draft, group, { plans, read }) => {
        this.table.add(read.evidence);
        draft.addEvidence(read.evidence);
        this.rowsRead += group.rows;
        this.rowsConverted += group.rows;
        const now = this.table.plans();
        if (draft.stale || (draft.plans && signature(draft.plans) !== signature(now))) return draft.markStale(group);
        const again = signature(plans) !== signature(now);
        const right = again ? await engine.read({ bytes: read.bytes, rows: group.rows }, now) : read;
        await draft.add(group, right, now);
        this.cutting.recycled.push(right.bytes);
      },
    );
  }

  /** Rewrites the stale chunks under the final schema. */
  async second(): Promise<void> {
    const { engine, source, onStale } = this.settings;
    const plans = this.table.plans();
    const stale = this.chunks().filter(({ schema }) => schema !== signature(plans));
    if (stale.length === 0) return;
    await onStale?.(stale, this.table.known());
    const read = (group: CutGroup): Promise<ReadGroup> => engine.read(group, plans);
    for (const run of source.seekable ? runsOf(stale) : [stale]) {
      const wanted = new Map(run.map((chunk) => [chunk.number, chunk]));
      const groups = this.groups({ start: run[0]?.start, end: run.at(-1)?.end }, (chunk) => wanted.has(chunk));
      await this.drafts('second', inOrder(groups, engine.parallel, read), (draft, group, found) =>
        draft.add(group, found, plans),
      );
    }
  }

  /** Adds groups to the draft of their chunk, and finishes each draft after its last group. */
  private async drafts<Found>(
    pass: Pass,
    groups: AsyncIterable<[CutGroup, Found]>,
    add: (draft: ChunkDraft, group: CutGroup, found: Found) => Promise<void>,
  ): Promise<void> {
    const { engine, scratch, signal, options, source } = this.settings;
    let draft: ChunkDraft | undefined;
    try {
      for await (const [group, found] of groups) {
        signal.throwIfAborted();
        if (draft && draft.number !== group.chunk) {
          await this.finish(draft, pass);
          draft = undefined;
        }
        draft ??= new ChunkDraft(group, engine, scratch, options.quality?.rules ?? []);
        await add(draft, group, found);
        const { rowsRead, rowsConverted } = this;
        const bytesRead = source.storedBytes(group.end.byte);
        this.settings.onProgress({ bytesRead, rowsRead, rowsConverted, part: draft.number });
      }
      if (draft) await this.finish(draft, pass);
      draft = undefined;
      await this.finishing;
    } finally {
      await draft?.abandon();
      await this.finishing.catch(() => undefined);
    }
  }

  private async finish(draft: ChunkDraft, pass: Pass): Promise<void> {
    const { chunkStore, onState, onProgress } = this.settings;
    await draft.close();
    await this.finishing;
    this.finishing = (async () => {
      const chunk = await draft.finish(chunkStore, pass);
      const { evidence } = this.finished.get(chunk.number) ?? chunk;
      this.finished.set(chunk.number, { ...chunk, evidence });
      const parts = this.chunks().flatMap(({ part }) => part ?? []);
      onProgress({ parts: parts.length, bytesWritten: parts.reduce((sum, { bytes }) => sum + bytes, 0) });
      await onState({ chunks: this.chunks(), hints: this.hints() });
    })();
    this.finishing.catch(() => undefined); // handled when the next chunk finishes
  }

  /** Yields the row groups of the wanted chunks of a span. Reads a source that is not seekable from its start. */
  private async *groups({ start, end }: Span, wanted: (chunk: number) => boolean): AsyncGenerator<CutGroup> {
    const { source, onProgress, signal, groupStarts } = this.settings;
    const [from, to] = source.seekable ? [start, end] : [];
    const bytes = source.read(from?.byte, to?.byte);
    const cuts = from && to && groupStarts && cutsOf(groupStarts, from, to);
    for await (const group of cuts ? knownGroups(bytes, this.cutting, cuts) : rowGroups(bytes, this.cutting, from)) {
      signal.throwIfAborted();
      if (end && group.start.row >= end.row) return;
      if (wanted(group.chunk)) yield group;
      else onProgress({ bytesRead: source.storedBytes(group.end.byte) });
    }
  }

  /** Yields the same groups. Samples the first rows of the source for hints before the first group. */
  private async *hinted(groups: AsyncGenerator<CutGroup>): AsyncGenerator<CutGroup> {
    const { engine, basis } = this.settings;
    for await (const group of groups) {
      if (group.start.row === 1 && basis !== 'part') {
        const rows = firstRows(group, this.cutting, hintRows(this.cutting.columns));
        const { evidence } = await engine.read(rows, this.table.plans());
        this.table.hint(evidence);
      }
      yield group;
    }
  }
}
