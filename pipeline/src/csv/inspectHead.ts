import type { Dialect, Options } from '../options';
import type { Column } from './columnNames';
import { type Compression, decompressHead, detectCompression } from './compression';
import { chooseDelimiter } from './dialect';
import { bomLength, decoderOf, detectEncoding, type Encoding, EncodingError } from './encoding';
import { foreignFormat, foreignText } from './foreign';
import { inspectSample } from './inspectSample';
import { type Preamble, preambleOf } from './preamble';
import type { FieldDialect } from './splitRow';

/** Bytes of a source that are inspected before it is accepted. */
export const headBytes = 256 * 1024;
/** Bytes inspected when the first line is longer: thousands of columns make a long header. */
export const longHeadBytes = 4 * 1024 * 1024;
/** Bytes that suffice to detect the delimiter: every candidate is tried on them. */
const delimiterBytes = 32 * 1024;

export interface HeadInspection extends FieldDialect {
  /** Why the file cannot be loaded, all reasons at once; empty for an acceptable file. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly compression: Compression;
  readonly encoding: Encoding;
  /** CR only where there is no LF. A CR before an LF belongs to the line end. */
  readonly lineEnd: '\n' | '\r';
  /** Length of the byte order mark, in bytes. */
  readonly bomBytes: number;
  /** The declared lines before the header. */
  readonly preamble?: Preamble;
  readonly columns: readonly Column[];
  /** Number of data rows in the sample. */
  readonly sampleRows: number;
  /** Average bytes per data row, as UTF-8. */
  readonly rowBytes: number;
  /** The first line continues after these bytes: the caller may read more. */
  readonly endless?: true;
}

/** Returns the inspection of a head that is rejected before any of its properties is known. */
export function refusedHead({ dialect }: Options, ...problems: readonly string[]): HeadInspection {
  const unread = { compression: 'none', encoding: 'utf-8', delimiter: ',', lineEnd: '\n', bomBytes: 0 } as const;
  return { ...unread, quote: dialect?.quote ?? '"', columns: [], sampleRows: 0, rowBytes: 0, problems, warnings: [] };
}

/**
 * Inspects the first bytes of a source. `complete`: these are all bytes. Validation and the container share this
 * function, so that both read the file in the same way.
 */
export async function inspectHead(head: Buffer, options: Options & { complete: boolean }): Promise<HeadInspection> {
  const { complete } = options;
  const dialect: Dialect = options.dialect ?? {};
  const refuse = (problem: string): HeadInspection => refusedHead(options, problem);
  const found = refusedHead(options);
  const { quote } = found;

  if (head.length === 0) return refuse('the file is empty');
  const foreign = foreignFormat(head);
  if (foreign) return refuse(`this is ${foreign}`);
  const compression = detectCompression(head);
  const wanted = Math.max(headBytes, head.length);
  const decompressed = await decompressHead(head, compression, wanted);
  if ('problem' in decompressed)
    return refuse(`the file has a ${compression} header, but cannot be decompressed: ${decompressed.problem}`);
  const plain = decompressed.plain.subarray(0, wanted);
  const inside = compression === 'none' ? undefined : foreignFormat(plain, true);
  if (inside) return refuse(`this is ${inside}`);
  const all = complete && (compression === 'none' || plain.length < wanted);

  const detected = dialect.encoding ? { encoding: dialect.encoding, warnings: [] } : detectEncoding(plain, all);
  const { encoding } = detected;
  const decoded = decodeHead(plain, encoding, all);
  if (decoded instanceof EncodingError) return refuse(`${decoded.message}: correct them, or declare dialect.encoding`);
  const other = foreignText(decoded.toString('utf8', 0, delimiterBytes));
  if (other) return refuse(`this is ${other}`);
  const lines = dialect.skipLines ?? 0;
  const preamble = preambleOf(decoded, lines);
  if (!preamble) {
    if (all || plain.length < headBytes)
      return refuse(`the file has at most ${lines} lines, but dialect.skipLines is ${lines}`);
    return { ...refuse(`the first ${lines} lines do not end within ${plain.length} bytes`), endless: true };
  }
  const table = decoded.subarray(preamble.bytes);
  const looked = plain.length > headBytes ? firstLines(table) : table;
  const sampled = all && looked.length === table.length;
  const sample = wholeLines(looked, sampled);
  if (sample.toString('utf8').trim() === '') {
    if (all || plain.length < headBytes) return refuse('the file is empty');
    return { ...refuse(`the first line does not end within ${plain.length} bytes`), endless: true };
  }
  if (sample.includes(0))
    return refuse('the file has NUL bytes: check that it is a text file, or declare dialect.encoding');

  const lineEnd = sample.includes(LF) || !sample.includes(CR) ? '\n' : '\r';
  const footer = dialect.footer && { footer: dialect.footer.prefix };
  const start = sample.subarray(0, delimiterBytes);
  const whole = sampled && start.length === sample.length;
  const { delimiter, warnings: doubts } = chooseDelimiter(
    start,
    { quote, lineEnd, ...footer },
    whole,
    dialect.delimiter,
  );
  const bomBytes = bomLength(plain, encoding);
  const skipped = lines > 0 && { preamble };
  const base = { ...found, compression, encoding, delimiter, lineEnd, bomBytes, ...skipped, ...footer } as const;
  const { warnings, ...inspected } = inspectSample(sample, base, sampled, options);
  return { ...base, ...inspected, warnings: [...detected.warnings, ...doubts, ...warnings] };
}

const LF = 10;
const CR = 13;

/** Returns the head as UTF-8, as the container decodes the whole file, or why it cannot be decoded. */
function decodeHead(plain: Buffer, encoding: Encoding, complete: boolean): Buffer | EncodingError {
  try {
    return decoderOf(encoding)(plain, complete);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
}

/**
 * Returns the first line of a long head, and as many bytes after it as of any other head: it may have millions of rows.
 */
function firstLines(text: Buffer): Buffer {
  const start = text.findIndex((byte) => byte !== LF && byte !== CR);
  const ends = [LF, CR].map((byte) => text.indexOf(byte, Math.max(0, start))).filter((at) => at !== -1);
  return text.subarray(0, Math.min(...ends) + headBytes);
}

/**
 * Returns the text without the last line when the text continues. A cut inside a quoted field appears as an unclosed
 * quote, below.
 */
function wholeLines(text: Buffer, complete: boolean): Buffer {
  return complete ? text : text.subarray(0, Math.max(text.lastIndexOf(LF), text.lastIndexOf(CR)) + 1);
}
