import type { Options } from '@etl/pipeline/options';
import { BadConfigurationError } from './config/failures';
import type { Engine, ReadGroup } from './engines/engine';
import { type CutGroup, type Cutting, firstRows, type Position, rowGroups } from './extractors/rowGroups';
import type { Source } from './extractors/source';
import { inOrder } from './inOrder';
import { ChunkDraft, type FinishedChunk, type Pass, type Shelf } from './loaders/chunkDraft';
import type { Evidence } from './transformers/evidence';
import type { ColumnPlan } from './transformers/schema';
import { signature, Table } from './transformers/table';

/** How far a conversion is: what a later one over the same source needs in order to go on. */
export interface ConversionState {
  readonly chunks: readonly FinishedChunk[];
  readonly table: { readonly seen: readonly Evidence[]; readonly hints: readonly Evidence[] };
}

export interface ConversionProgress {
  readonly bytesRead: number;
  readonly rowsRead: number;
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
  readonly shelf: Shelf;
  /** What was done before. */
  readonly before: ConversionState | undefined;
  readonly onState: (state: ConversionState) => Promise<void>;
  readonly onProgress: (progress: Partial<ConversionProgress>) => void;
}

export interface Conversion {
  readonly plans: readonly ColumnPlan[];
  readonly chunks: readonly FinishedChunk[];
  readonly warnings: readonly string[];
}

/** Rows that are looked at before anything else, so that the first part is written under a likely schema: so many, and no more fields. */
const hintRows = 1000;
const hintFields = 100_000;

/**
 * Converts a source, chunk by chunk, under one schema. In the first pass each chunk is written under what is known by
 * then; evidence only adds up, so a chunk has to be written again only if a later row changed the schema. That is done in
 * a second pass, for those chunks alone.
 */
export async function convert(settings: ConversionSettings): Promise<Conversion> {
  const { source, options, before, signal } = settings;
  const { columns, delimiter } = source.head;
  const table = new Table(columns, options, delimiter, before?.table);
  const missing = table.missing();
  if (missing.length > 0)
    throw new BadConfigurationError(`declared columns are not in the header: ${missing.join(', ')}`);
  const passes = new Passes(settings, table);
  try {
    await passes.first();
    await passes.second();
  } catch (error) {
    signal.throwIfAborted(); // an interruption is told as what caused it
    throw error;
  }
  return { plans: table.plans(), chunks: passes.chunks(), warnings: table.warnings() };
}

class Passes {
  private readonly finished = new Map<number, FinishedChunk>();
  /** One chunk's files go to the shelf while the next one is read. */
  private finishing: Promise<void> = Promise.resolve();
  private rowsRead = 0;
  private readonly cutting: Cutting;

  constructor(
    private readonly settings: ConversionSettings,
    private readonly table: Table,
  ) {
    for (const chunk of settings.before?.chunks ?? []) this.finished.set(chunk.number, chunk);
    const { head, firstByte, mostBytes } = settings.source;
    const { delimiter, quote, lineEnd, columns } = head;
    const { chunkRows } = settings;
    this.cutting = {
      delimiter,
      quote,
      lineEnd,
      columns: columns.length,
      chunkRows,
      firstByte,
      mostBytes,
      recycled: [],
    };
  }

  chunks(): FinishedChunk[] {
    return [...this.finished.values()].sort((a, b) => a.number - b.number);
  }

  async first(): Promise<void> {
    const { engine } = this.settings;
    const done = this.chunks().at(-1);
    this.rowsRead = (done?.end.row ?? 1) - 1;
    const groups = this.hinted(this.groups(done?.end, (chunk) => chunk > (done?.number ?? 0)));
    const readWithPlans = async (group: CutGroup) => {
      const plans = this.table.plans();
      return { plans, read: await engine.read(group, plans) };
    };
    await this.drafts(
      'first',
      inOrder(groups, engine.parallel, readWithPlans),
      async (draft, group, { plans, read }) => {
        this.table.add(read.evidence);
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
    const { engine, source } = this.settings;
    const plans = this.table.plans();
    const stale = this.chunks().filter(({ schema }) => schema !== signature(plans));
    // Where the source can be entered anywhere, nothing but the stale chunks is read.
    const spans = source.seekable ? stale.map((chunk) => [chunk]) : stale.length > 0 ? [stale] : [];
    for (const span of spans) {
      const numbers = new Set(span.map(({ number }) => number));
      const last = Math.max(...numbers);
      const groups = this.groups(span[0]?.start, (chunk) => numbers.has(chunk), last);
      const read = (group: CutGroup): Promise<ReadGroup> => engine.read(group, plans);
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
        this.rowsRead = Math.max(this.rowsRead, group.end.row - 1);
        this.settings.onProgress({ rowsRead: this.rowsRead, part: draft.number });
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
    const { shelf, onState, onProgress } = this.settings;
    await draft.close();
    // The evidence up to this chunk, and no further: who goes on from here reads the next one again.
    const table = this.table.state();
    await this.finishing;
    this.finishing = (async () => {
      const chunk = await draft.finish(shelf, pass);
      this.finished.set(chunk.number, chunk);
      const parts = this.chunks().flatMap(({ part }) => part ?? []);
      onProgress({ parts: parts.length, bytesWritten: parts.reduce((sum, { bytes }) => sum + bytes, 0) });
      await onState({ chunks: this.chunks(), table });
    })();
    this.finishing.catch(() => undefined); // it is looked at when the next one is finished
  }

  /** Row groups of the wanted chunks, from a chunk's beginning on where the source allows that. */
  private async *groups(
    from: Position | undefined,
    wanted: (chunk: number) => boolean,
    last = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<CutGroup> {
    const { source, onProgress, signal } = this.settings;
    const enter = source.seekable ? from : undefined;
    const bytes = source.read((bytesRead) => onProgress({ bytesRead }), enter?.byte);
    for await (const group of rowGroups(bytes, this.cutting, enter)) {
      signal.throwIfAborted();
      if (group.chunk > last) return;
      if (wanted(group.chunk)) yield group;
    }
  }

  /** The same groups; before the first one of all, its first rows give the table a hint. */
  private async *hinted(groups: AsyncGenerator<CutGroup>): AsyncGenerator<CutGroup> {
    const { engine } = this.settings;
    for await (const group of groups) {
      if (group.start.row === 1) {
        const rows = Math.ceil(Math.min(hintRows, hintFields / this.cutting.columns));
        const { evidence } = await engine.read(firstRows(group, this.cutting, rows), this.table.plans());
        this.table.hint(evidence);
      }
      yield group;
    }
  }
}
