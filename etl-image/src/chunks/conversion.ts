import type { Options } from '@etl/pipeline/options';
import { cutsOf, knownGroups } from '../csv/knownGroups';
import { type CutGroup, cuttingOf, firstRows, hintRows, rowGroups } from '../csv/rowGroups';
import { gaps, runsOf, type Span } from '../csv/spans';
import type { Cutting, Position } from '../csv/window';
import type { Engine, ReadGroup } from '../engine/engine';
import { BadConfigurationError } from '../errors';
import type { Source } from '../source/source';
import { addColumns, type KeptEvidence, keepEvidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';
import { type Known, signature, Table } from '../types/table';
import { ChunkDraft, type ChunkStore, type FinishedChunk, type Pass } from './chunkDraft';
import { inOrder } from './inOrder';

/** How far a conversion is: what a later one over the same source needs in order to go on. */
export interface ConversionState {
  /** In any order. One that is there more than once was written under several schemas: any of them may be the right one. */
  readonly chunks: readonly FinishedChunk[];
  readonly hints: readonly KeptEvidence[];
}

export interface ConversionProgress {
  readonly bytesRead: number;
  readonly rowsRead: number;
  /** Those of them that were not taken over. */
  readonly rowsConverted: number;
  /** The part that is being read, the parts that are finished, and their bytes. */
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
  /** What was done before. */
  readonly before: ConversionState | undefined;
  /** The chunks that are wanted, of a seekable source; absent: all there are. */
  readonly range?: Span;
  /** Where groups of the source begin, as far as that is known: what is known is not looked for. */
  readonly groupStarts?: readonly Position[];
  /** Default `whole`. */
  readonly basis?: 'whole' | 'part';
  /** Chunks that have to be written again stay as they are. */
  readonly firstPassOnly?: boolean;
  /** What decides the schema, whatever is read. */
  readonly settled?: Known | undefined;
  /** Told between the passes which chunks have to be written again, and why. It may throw, and they are not. */
  readonly onStale?: (stale: readonly FinishedChunk[], known: Known) => Promise<void>;
  readonly onState: (state: ConversionState) => Promise<void>;
  readonly onProgress: (progress: Partial<ConversionProgress>) => void;
}

export interface Conversion {
  readonly plans: readonly ColumnPlan[];
  readonly chunks: readonly FinishedChunk[];
  readonly warnings: readonly string[];
  readonly hints: readonly KeptEvidence[];
  /** Rows that were read here for the first time. */
  readonly rowsConverted: number;
}

/**
 * Converts a source, chunk by chunk, under one schema. In the first pass each chunk is written under what is known by
 * then; evidence only adds up, so a chunk has to be written again only if a later row changed the schema. That is done in
 * a second pass, for those chunks alone.
 */
export async function convert(settings: ConversionSettings): Promise<Conversion> {
  const { signal } = settings;
  const table = openTable(settings);
  const missing = table.missing();
  if (missing.length > 0)
    throw new BadConfigurationError(`declared columns are not in the header: ${missing.join(', ')}`);
  const passes = new Passes(settings, table);
  try {
    await passes.first();
    if (!settings.firstPassOnly) await passes.second();
  } catch (error) {
    signal.throwIfAborted(); // an interruption is told as what caused it
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

function openTable({ source, options, before, basis, settled }: ConversionSettings): Table {
  const { columns, delimiter } = source.head;
  const byNumber = new Map((before?.chunks ?? []).map((chunk) => [chunk.number, chunk]));
  const seen = addColumns(columns.length, ...[...byNumber.values()].map(({ evidence }) => evidence));
  const known = settled ?? { seen, hints: before?.hints ?? [] };
  return new Table(columns, options, delimiter, known, settled ? 'settled' : basis);
}

class Passes {
  private readonly finished = new Map<number, FinishedChunk>();
  /** One chunk's files go to the chunkStore while the next one is read. */
  private finishing: Promise<void> = Promise.resolve();
  private rowsRead = 0;
  rowsConverted = 0;
  private readonly cutting: Cutting;

  constructor(
    private readonly settings: ConversionSettings,
    private readonly table: Table,
  ) {
    const now = signature(table.plans());
    for (const chunk of settings.before?.chunks ?? []) {
      if (chunk.schema === now || !this.finished.has(chunk.number)) this.finished.set(chunk.number, chunk);
    }
    for (const { rows } of this.finished.values()) this.rowsRead += rows;
    this.cutting = cuttingOf(settings.source, settings.chunkRows);
  }

  chunks(): FinishedChunk[] {
    return [...this.finished.values()].sort((a, b) => a.number - b.number);
  }

  /** Whatever has decided that a column is not looked at any more, in this conversion and in those that it goes on from. */
  hints(): KeptEvidence[] {
    const { before, settled } = this.settings;
    const { hints } = this.table.known();
    if (!settled) return [...hints];
    const columns = this.cutting.columns;
    return addColumns(columns, before?.hints ?? [], settled.hints, settled.seen).map(keepEvidence);
  }

  async first(): Promise<void> {
    const { source, range = { start: undefined, end: undefined } } = this.settings;
    const missing = gaps(this.chunks(), range);
    // Where the source can be entered anywhere, nothing but what is missing is read.
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
        draft.learn(read.evidence);
        this.rowsRead += group.rows;
        this.rowsConverted += group.rows;
        const now = this.table.plans();
        if (draft.stale || (draft.plans && signature(draft.plans) !== signature(now))) return draft.makeStale(group);
        const again = signature(plans) !== signature(now);
        const right = again ? await engine.read({ bytes: read.bytes, rows: group.rows }, now) : read;
        await draft.add(group, right, now);
        this.cutting.recycled.push(right.bytes);
      },
    );
  }

  /** Chunks that were written under an older schema, again under the final one. */
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

  /** Hands groups to the draft of their chunk, and finishes each draft behind its last group. */
  private async drafts<Found>(
    pass: Pass,
    groups: AsyncIterable<[CutGroup, Found]>,
    add: (draft: ChunkDraft, group: CutGroup, found: Found) => Promise<void>,
  ): Promise<void> {
    const { engine, scratch, signal } = this.settings;
    let draft: ChunkDraft | undefined;
    try {
      for await (const [group, found] of groups) {
        signal.throwIfAborted();
        if (draft && draft.number !== group.chunk) {
          await this.finish(draft, pass);
          draft = undefined;
        }
        draft ??= new ChunkDraft(group, engine, scratch);
        await add(draft, group, found);
        const { rowsRead, rowsConverted } = this;
        this.settings.onProgress({ rowsRead, rowsConverted, part: draft.number });
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
    this.finishing.catch(() => undefined); // it is looked at when the next one is finished
  }

  /** Row groups of the wanted chunks of a span. A source that cannot be entered anywhere is read from its beginning. */
  private async *groups({ start, end }: Span, wanted: (chunk: number) => boolean): AsyncGenerator<CutGroup> {
    const { source, onProgress, signal, groupStarts } = this.settings;
    const [from, to] = source.seekable ? [start, end] : [];
    const bytes = source.read((bytesRead) => onProgress({ bytesRead }), from?.byte, to?.byte);
    const cuts = from && to && groupStarts && cutsOf(groupStarts, from, to);
    for await (const group of cuts ? knownGroups(bytes, this.cutting, cuts) : rowGroups(bytes, this.cutting, from)) {
      signal.throwIfAborted();
      if (end && group.start.row >= end.row) return;
      if (wanted(group.chunk)) yield group;
    }
  }

  /** The same groups; before the first one of all, its first rows give the table a hint. */
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
