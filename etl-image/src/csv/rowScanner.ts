import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import { type Address, Kernel } from '../wasm/kernel';

/** Result of a scan. Offsets are relative to its start. */
export interface Scanned {
  readonly rows: number;
  /** Where the scan ended: after the last requested row, or at the end of the part. */
  readonly next: number;
  /** Line ends, including those in quotes. */
  readonly lines: number;
  /** Ends of the first and the last row; 0 without rows. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  /** Line ends up to `lastEnd`. */
  readonly lastLines: number;
  /** Whether there is a quote after `lastEnd`. */
  readonly quote: boolean;
  /** Whether a quote is open at `next`. */
  readonly open: boolean;
}

const maxSlotBytes = 4 * 1024 * 1024;
/** Slots for a stream of transient pieces: one is scanned, one is queued, one is being read. */
const slotCount = 3;

/** Counts the rows of a text that arrives in pieces, without keeping them. The text starts at the start of a row. */
export class RowScanner {
  private readonly kernel = new Kernel();
  private readonly state: Address;
  private readonly staging: Buffer;
  private readonly dialect: readonly [delimiter: number, quote: number, lineEnd: number];
  /** Buffers to read pieces into. Pieces in these buffers are scanned without a copy. */
  readonly slots: readonly Buffer[];

  constructor({ delimiter, quote, lineEnd, maxBytes }: FieldDialect & { readonly maxBytes: number }) {
    const { kernel } = this;
    const slotBytes = Math.max(1, Math.min(maxSlotBytes, maxBytes));
    this.dialect = [delimiter.charCodeAt(0), quote.charCodeAt(0), lineEnd.charCodeAt(0)];
    this.state = kernel.allocate(40);
    const places = Array.from({ length: slotCount + 1 }, () => kernel.allocate(slotBytes));
    const [staging = Buffer.alloc(0), ...slots] = places.map((at) => kernel.pinView(at, slotBytes));
    this.staging = staging;
    this.slots = slots;
    kernel.fill(this.state, 40, 0);
    kernel.setWord(this.state + 4, 1);
  }

  /** Yields a piece in parts that `scan` can access. Each part is valid until the next one. */
  *parts(piece: Buffer): Generator<Uint8Array> {
    const { kernel, staging } = this;
    if (kernel.owns(piece)) {
      yield piece;
      return;
    }
    for (let at = 0; at < piece.length; at += staging.length) {
      const part = piece.subarray(at, at + staging.length);
      staging.set(part);
      yield staging.subarray(0, part.length);
    }
  }

  /** Scans up to `max` rows of a part, starting at `from`, where the previous scan ended. */
  scan(part: Uint8Array, from: number, max: number): Scanned {
    const { kernel, state, dialect } = this;
    const at = part.byteOffset + from;
    kernel.run.scanRows(at, part.byteOffset + part.length, ...dialect, max, state);
    const [open = 0, , , rows = 0, next = 0, lines = 0, firstEnd = 0, lastEnd = 0, lastLines = 0, lastQuote = 0] =
      kernel.words(state, 10);
    return {
      ...{ rows, next: next - at, lines, lastLines },
      ...{ firstEnd: rows > 0 ? firstEnd - at : 0, lastEnd: rows > 0 ? lastEnd - at : 0 },
      ...{ quote: lastQuote > lastEnd, open: open !== 0 },
    };
  }
}
