import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import { type Address, Kernel } from '../wasm/kernel';

/** What was found of a piece, from where it was looked at; places are counted from there. */
export interface Scanned {
  readonly rows: number;
  /** Where the search ended: behind the last row that was asked for, or at the piece's end. */
  readonly next: number;
  /** Line ends, those in quotes included. */
  readonly lines: number;
  /** Behind the first row, and behind the last one; 0 without rows. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  /** Line ends up to `lastEnd`. */
  readonly lastLines: number;
  /** Whether there is a quote behind `lastEnd`. */
  readonly quote: boolean;
  /** Whether a quote is open at `next`. */
  readonly open: boolean;
}

const mostSlotBytes = 4 * 1024 * 1024;
/** As many as a stream of transient pieces needs: one is looked at, one waits, one is read. */
const slotCount = 3;

/** Counts the rows of a text that arrives in pieces, and keeps none of it. It begins where a row does. */
export class RowScanner {
  private readonly kernel = new Kernel();
  private readonly state: Address;
  private readonly staging: Buffer;
  private readonly dialect: readonly [delimiter: number, quote: number, lineEnd: number];
  /** Memory to read pieces into: those that lie there are not copied. */
  readonly slots: readonly Buffer[];

  constructor({ delimiter, quote, lineEnd, mostBytes }: FieldDialect & { readonly mostBytes: number }) {
    const { kernel } = this;
    const slotBytes = Math.max(1, Math.min(mostSlotBytes, mostBytes));
    this.dialect = [delimiter.charCodeAt(0), quote.charCodeAt(0), lineEnd.charCodeAt(0)];
    this.state = kernel.place(40);
    const places = Array.from({ length: slotCount + 1 }, () => kernel.place(slotBytes));
    const [staging = Buffer.alloc(0), ...slots] = places.map((at) => kernel.keep(at, slotBytes));
    this.staging = staging;
    this.slots = slots;
    kernel.fill(this.state, 40, 0);
    kernel.setWord(this.state + 4, 1);
  }

  /** The same bytes, in one or more parts, each where `scan` can look at it until the next one is asked for. */
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

  /** Looks at a part, which follows on what was looked at before, from `from` on and for up to so many rows. */
  scan(part: Uint8Array, from: number, most: number): Scanned {
    const { kernel, state, dialect } = this;
    const at = part.byteOffset + from;
    kernel.run.scanRows(at, part.byteOffset + part.length, ...dialect, most, state);
    const [open = 0, , , rows = 0, next = 0, lines = 0, firstEnd = 0, lastEnd = 0, lastLines = 0, lastQuote = 0] =
      kernel.words(state, 10);
    return {
      ...{ rows, next: next - at, lines, lastLines },
      ...{ firstEnd: rows > 0 ? firstEnd - at : 0, lastEnd: rows > 0 ? lastEnd - at : 0 },
      ...{ quote: lastQuote > lastEnd, open: open !== 0 },
    };
  }
}
