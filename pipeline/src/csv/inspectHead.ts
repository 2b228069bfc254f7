import { type Dialect, defaults, type Options } from '../options';
import { type Column, nameColumns } from './columnNames';
import { type Compression, decompressHead, detectCompression, startsWith } from './compression';
import { detectDelimiter, readSample } from './dialect';
import { bomLength, decodeText, detectEncoding, type Encoding } from './encoding';

/** How much of a source is looked at before it is accepted. */
export const headBytes = 256 * 1024;
/** How much of one whose first line does not end in that: thousands of columns make a long header. */
export const longHeadBytes = 4 * 1024 * 1024;
/** The delimiter shows in less: every candidate is tried on it. */
const delimiterChars = 32 * 1024;

export interface HeadInspection {
  /** Why the file cannot be loaded, all reasons at once; empty for a file that may. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly compression: Compression;
  readonly encoding: Encoding;
  readonly delimiter: string;
  readonly quote: string;
  /** CR only where there is no LF. A CR in front of a LF belongs to the line end. */
  readonly lineEnd: '\n' | '\r';
  /** Bytes of the byte order mark in front. */
  readonly bomBytes: number;
  readonly columns: readonly Column[];
  /** Data rows in the sample, and what one of them takes as UTF-8, at an average. */
  readonly sampleRows: number;
  readonly rowBytes: number;
  /** The first line goes on behind these bytes: more of them may be wanted. */
  readonly endless?: true;
}

/** The head need not be typical of a large file: it is refused for its widths only when they are far off. */
const sampleTolerance = 0.1;

const formats: readonly [string, readonly number[]][] = [
  ['a Zip archive or an Excel workbook: export it as CSV', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook: export it as CSV', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a Parquet file already', [0x50, 0x41, 0x52, 0x31]],
  ['a bzip2 file: decompress it first, or use gzip', [0x42, 0x5a, 0x68, 0x39]],
  ['an xz file: decompress it first, or use gzip', [0xfd, 0x37, 0x7a, 0x58]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
];

/**
 * What the first bytes of a source say about it. `complete`: they are all there is. The same function serves validation
 * and the container, so that both read the file in the same way.
 */
export function inspectHead(head: Buffer, options: Options & { complete: boolean }): HeadInspection {
  const { complete } = options;
  const dialect: Dialect = options.dialect ?? {};
  const quote = dialect.quote ?? '"';
  const unread = { compression: 'none', encoding: 'utf-8', delimiter: ',', lineEnd: '\n', bomBytes: 0 } as const;
  const found = { ...unread, quote, columns: [], sampleRows: 0, rowBytes: 0 };
  const refuse = (...problems: string[]): HeadInspection => ({ ...found, problems, warnings: [] });

  if (head.length === 0) return refuse('the file is empty');
  const foreign = formats.find(([, magic]) => startsWith(head, magic));
  if (foreign) return refuse(`this is ${foreign[0]}`);
  const compression = detectCompression(head);
  const wanted = Math.max(headBytes, head.length);
  const plain = decompressHead(head, compression, wanted);
  if (plain === undefined)
    return refuse(
      `the file begins like ${compression}, but does not decompress: it is damaged, or something else follows`,
    );
  const all = complete && (compression === 'none' || plain.length < wanted);

  const encoding = dialect.encoding ?? detectEncoding(plain, all);
  const text = wholeLines(decodeText(plain, encoding), all);
  if (text.trim() === '') {
    if (all || plain.length < headBytes) return refuse('the file is empty');
    return { ...refuse(`the first line does not end within ${plain.length} bytes`), endless: true };
  }
  if (text.includes('\0'))
    return refuse('the file has NUL bytes: it is no text file, or its encoding must be declared');

  const delimiter =
    dialect.delimiter ?? detectDelimiter(text.slice(0, delimiterChars), quote, all && text.length <= delimiterChars);
  const lineEnd = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const bomBytes = bomLength(plain, encoding);
  const base = { ...found, compression, encoding, delimiter, lineEnd, bomBytes } as const;
  const sample = readSample(text, delimiter, quote, all);
  if (!sample.ok) return { ...base, problems: [`the sample cannot be read as CSV: ${sample.error}`], warnings: [] };
  const [header = [], ...rows] = sample.records;
  const { columns, warnings } = nameColumns(header);
  const allowed = options.rejects?.maxShare ?? defaults.rejectsMaxShare;
  // What a gate would hold is not refused before it.
  const isFinal = all && options.rejects?.level !== 'hold';
  const widths = inspectWidths(header.length, rows, isFinal ? allowed : Math.max(allowed, sampleTolerance));
  return {
    ...base,
    columns,
    sampleRows: rows.length,
    rowBytes: Buffer.byteLength(text) / (rows.length + 1),
    problems: [...inspectHeader(header), ...widths.problems],
    warnings: [...warnings, ...widths.warnings],
  };
}

/** Without the last line when the text goes on after it. A cut inside a quoted field shows as a missing end, below. */
function wholeLines(text: string, complete: boolean): string {
  if (complete) return text;
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  return end < 0 ? '' : text.slice(0, end + 1);
}

function inspectHeader(header: readonly string[]): string[] {
  if (header.every((name) => name.trim() === '')) return ['the first line has no column names'];
  const numbers = header.filter((name) => /^\s*[-+]?\d+([.,]\d+)?\s*$/.test(name)).length;
  if (header.length > 1 && numbers === header.length) return ['the first line has only numbers: a header is missing'];
  return [];
}

/** A few rows of another width are rejects, for the container to deal with; many mean that the file is not what it seems. */
function inspectWidths(
  width: number,
  rows: readonly (readonly string[])[],
  allowed: number,
): { problems: string[]; warnings: string[] } {
  const odd = rows
    .map((row, index) => ({ row: index + 1, fields: row.length }))
    .filter(({ fields }) => fields !== width);
  if (odd.length === 0) return { problems: [], warnings: [] };
  const examples = odd.slice(0, 3).map(({ row, fields }) => `row ${row} has ${fields}`);
  const text = `${odd.length} of the first ${rows.length} rows do not have the header's ${width} fields (${examples.join(', ')})`;
  return odd.length / rows.length > allowed ? { problems: [text], warnings: [] } : { problems: [], warnings: [text] };
}
