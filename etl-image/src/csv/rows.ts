import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import { Kernel } from '../wasm/kernel';

/** Yields the rows of a group, with their line ends. */
export function* rowsOf(bytes: Uint8Array, { delimiter, quote, lineEnd }: FieldDialect): Generator<Uint8Array> {
  const kernel = new Kernel();
  const start = kernel.allocate(bytes.length);
  const found = kernel.allocate(12);
  kernel.write(start, bytes);
  const [d, q, l] = [delimiter, quote, lineEnd].map((char) => char.charCodeAt(0)) as [number, number, number];
  for (let at = 0; at < bytes.length; ) {
    kernel.run.findRows(start + at, start + bytes.length, d, q, l, 1, true, found);
    const end = kernel.word(found + 4) - start;
    yield bytes.subarray(at, end);
    at = end;
  }
}

const LF = 10;
const CR = 13;

/** Returns a row without its line end. `lineEnd` is a byte; a CR before an LF belongs to the line end. */
export function withoutLineEnd<Bytes extends Uint8Array>(row: Bytes, lineEnd: number): Bytes {
  let end = row.length;
  if (row[end - 1] === lineEnd) end--;
  if (lineEnd === LF && row[end - 1] === CR) end--;
  return row.subarray(0, end) as Bytes;
}
