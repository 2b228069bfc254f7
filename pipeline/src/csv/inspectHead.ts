import type { Dialect, Options } from '../options';
import type { Column } from './columnNames';
import { type Compression, decompressHead, detectCompression } from './compression';
import { chooseDelimiter } from './dialect';
import { bomLength, decoderOf, detectEncoding, type Encoding, EncodingError } from './encoding';
import { foreignFormat, foreignText } from './foreign';
import { inspectSample } from './inspectSample';

/** How much of a source is looked at before it is accepted. */
export const headBytes = 256 * 1024;
/** How much of one whose first line does not end in that: thousands of columns make a long header. */
export const longHeadBytes = 4 * 1024 * 1024;
/** The delimiter shows in less: every candidate is tried on it. */
const delimiterBytes = 32 * 1024;

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

/** The inspection of a head that is refused before anything was found in it. */
export function refusedHead({ dialect }: Options, ...problems: readonly string[]): HeadInspection {
  const unread = { compression: 'none', encoding: 'utf-8', delimiter: ',', lineEnd: '\n', bomBytes: 0 } as const;
  return { ...unread, quote: dialect?.quote ?? '"', columns: [], sampleRows: 0, rowBytes: 0, problems, warnings: [] };
}

/**
 * What the first bytes of a source say about it. `complete`: they are all there is. The same function serves validation
 * and the container, so that both read the file in the same way.
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
    return refuse(`the file begins like ${compression}, but does not decompress: ${decompressed.problem}`);
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
  const looked = plain.length > headBytes ? firstLines(decoded) : decoded;
  const sampled = all && looked.length === decoded.length;
  const sample = wholeLines(looked, sampled);
  if (sample.toString('utf8').trim() === '') {
    if (all || plain.length < headBytes) return refuse('the file is empty');
    return { ...refuse(`the first line does not end within ${plain.length} bytes`), endless: true };
  }
  if (sample.includes(0)) return refuse('the file has NUL bytes: it is no text file, or its encoding must be declared');

  const lineEnd = sample.includes(LF) || !sample.includes(CR) ? '\n' : '\r';
  const start = sample.subarray(0, delimiterBytes);
  const whole = sampled && start.length === sample.length;
  const { delimiter, warnings: doubts } = chooseDelimiter(start, { quote, lineEnd }, whole, dialect.delimiter);
  const bomBytes = bomLength(plain, encoding);
  const base = { ...found, compression, encoding, delimiter, lineEnd, bomBytes } as const;
  const { warnings, ...inspected } = inspectSample(sample, base, sampled, options);
  return { ...base, ...inspected, warnings: [...detected.warnings, ...doubts, ...warnings] };
}

const LF = 10;
const CR = 13;

/** As UTF-8, as the container decodes all of the file, or why it cannot. */
function decodeHead(plain: Buffer, encoding: Encoding, complete: boolean): Buffer | EncodingError {
  try {
    return decoderOf(encoding)(plain, complete);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
}

/** The first line of a long head, and as much behind it as is looked at of any other: it may have millions of rows. */
function firstLines(text: Buffer): Buffer {
  const start = text.findIndex((byte) => byte !== LF && byte !== CR);
  const ends = [LF, CR].map((byte) => text.indexOf(byte, Math.max(0, start))).filter((at) => at !== -1);
  return text.subarray(0, Math.min(...ends) + headBytes);
}

/** Without the last line when the text goes on after it. A cut inside a quoted field shows as a missing end, below. */
function wholeLines(text: Buffer, complete: boolean): Buffer {
  return complete ? text : text.subarray(0, Math.max(text.lastIndexOf(LF), text.lastIndexOf(CR)) + 1);
}
