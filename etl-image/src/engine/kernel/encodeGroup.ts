import type { TypeKind } from '@etl/pipeline/columns/types';
import { compressSync } from 'snappy';
import { type ColumnChunk, dataPageHeader, dictionaryPageHeader, type PageSizes } from '../../parquet/format';
import type { Address, Kernel } from '../../wasm/kernel';
import type { Dictionary, GroupColumn } from './column';

/** The pages of a row group, column by column, with their metadata. */
export interface EncodedGroup {
  readonly pages: Uint8Array<ArrayBuffer>;
  readonly columns: readonly EncodedColumn[];
}

interface EncodedColumn extends ColumnChunk {
  /** Greatest length of a value, in bytes; 0 for types that are not stored as text. */
  readonly maxBytes: number;
}

/**
 * Maximum length of a text in the statistics, in bytes. Columns with a longer minimum or maximum have no statistics of
 * values.
 */
const longestRangeText = 64;

/** Forms of `writeFixed` (assembly/pages.ts). */
const forms = { eightBytes: 0, days: 1, fourBytes: 2 } as const;

function formOf(kind: TypeKind): number {
  if (kind === 'date') return forms.days;
  return kind === 'int32' ? forms.fourBytes : forms.eightBytes;
}

export function encodeGroup(kernel: Kernel, columns: readonly GroupColumn[]): EncodedGroup {
  if (columns[0]?.rows === 0) return { pages: new Uint8Array(0), columns: [] };
  const pages: Uint8Array[] = [];
  const chunks = columns.map((column) => kernel.scoped(() => encodeColumn(kernel, column, pages)));
  const all = new Uint8Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const page of pages) {
    all.set(page, at);
    at += page.length;
  }
  return { pages: all, columns: chunks };
}

function encodeColumn(kernel: Kernel, column: GroupColumn, pages: Uint8Array[]): EncodedColumn {
  const { run } = kernel;
  const { rows, values, valid, kind, storage } = column;
  const present = run.countValid(valid, rows);
  const entries = usefulEntries(kernel, column.dictionary, present);
  const dictionary = entries > 0 ? column.dictionary : undefined;
  const form = formOf(kind);
  const text = storage === 'text' || storage === 'bytes';
  const measured = dictionary ? ([dictionary.entries, entries] as const) : ([values, rows] as const);
  const texts = text ? measureTexts(kernel, ...measured) : undefined;
  const prefixed = storage === 'text';
  const sizes = { dictionary: 0, bytes: 0, uncompressed: 0 };
  const page = (at: Address, bytes: number, header: (sizes: PageSizes) => Buffer): void => {
    const compressed = kernel.withView(at, bytes, (body) => compressSync(body));
    const head = header({ plain: bytes, compressed: compressed.length });
    pages.push(head, compressed);
    sizes.bytes += head.length + compressed.length;
    sizes.uncompressed += head.length + bytes;
  };
  if (dictionary) {
    const to = kernel.allocate(texts?.plainBytes ?? entries * 8);
    const bytes = text
      ? run.writeTextEntries(dictionary.entries, entries, prefixed, to)
      : run.writeFixedEntries(dictionary.entries, entries, form, to);
    page(to, bytes, (each) => dictionaryPageHeader(entries, each));
    sizes.dictionary = sizes.bytes;
  }
  const valueBytes = texts && !dictionary ? texts.plainBytes : rows * 8;
  const to = kernel.allocate(rows / 8 + 32 + valueBytes);
  const levels = run.writeLevels(valid, rows, present, to);
  const data = (): number => {
    if (dictionary) return run.writeIndices(dictionary.indices, present, entries, to + levels);
    if (text) return run.writeTexts(values, valid, rows, prefixed, to + levels);
    if (storage === 'bit') return run.writeBooleans(values, valid, rows, to + levels);
    return run.writeFixed(values, valid, rows, form, to + levels);
  };
  page(to, levels + data(), (each) => dataPageHeader(rows, each, dictionary !== undefined));
  const range = present > 0 ? rangeOf(kernel, column, dictionary, entries) : undefined;
  return {
    values: rows,
    nulls: rows - present,
    dictionaryBytes: sizes.dictionary,
    bytes: sizes.bytes,
    uncompressedBytes: sizes.uncompressed,
    maxBytes: texts && storage === 'text' ? texts.maxBytes : 0,
    ...(range && { range }),
  };
}

/** Returns the number of entries of a dictionary that makes the column smaller, else 0. */
function usefulEntries(kernel: Kernel, dictionary: Dictionary | undefined, present: number): number {
  if (!dictionary) return 0;
  const entries = kernel.word(dictionary.state);
  const slots = kernel.word(dictionary.state + 4);
  return slots > 0 && entries <= present / 2 ? entries : 0;
}

/** Returns the PLAIN size of texts and the greatest length, in bytes. Nulls count as empty texts. */
function measureTexts(kernel: Kernel, texts: Address, count: number): { plainBytes: number; maxBytes: number } {
  const to = kernel.allocate(12);
  kernel.run.measureTexts(texts, count, to);
  return { plainBytes: kernel.double(to) + 4 * count, maxBytes: kernel.word(to + 8) };
}

function rangeOf(
  kernel: Kernel,
  { rows, values, valid, kind, storage }: GroupColumn,
  dictionary: Dictionary | undefined,
  entries: number,
): readonly [Uint8Array, Uint8Array] | undefined {
  const { run } = kernel;
  const to = kernel.allocate(16);
  const plain = (bytes: number) => [kernel.copy(to, bytes), kernel.copy(to + 8, bytes)] as const;
  if (storage === 'text' || storage === 'bytes') {
    const signed = storage === 'bytes';
    if (dictionary) run.rangeOfTextEntries(dictionary.entries, entries, signed, to);
    else run.rangeOfTexts(values, valid, rows, signed, to);
    const bound = (text: Address): Uint8Array | undefined => {
      const length = kernel.word(text + 4);
      return length > longestRangeText ? undefined : kernel.copy(kernel.word(text), length);
    };
    const [least, most] = [bound(kernel.word(to)), bound(kernel.word(to + 4))];
    return least && most ? [least, most] : undefined;
  }
  if (kind !== 'double') {
    run.rangeOfIntegers(values, valid, rows, to);
    for (const at of [to, to + 8]) run.writeFixedEntries(at, 1, formOf(kind), at);
    return plain(storage === 'bit' ? 1 : formOf(kind) === forms.eightBytes ? 8 : 4);
  }
  run.rangeOfDoubles(values, valid, rows, to);
  // A zero bound must include both signs of zero (parquet.thrift, ColumnOrder).
  if (kernel.double(to) === 0) kernel.setDouble(to, -0);
  if (kernel.double(to + 8) === 0) kernel.setDouble(to + 8, 0);
  return plain(8);
}
