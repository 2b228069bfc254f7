import type { FieldDialect } from '../engines/engine';
import { Kernel } from '../kernel/kernel';

/** The rows of a group, one by one, with their line ends. */
export function* rowsOf(bytes: Uint8Array, { delimiter, quote, lineEnd }: FieldDialect): Generator<Uint8Array> {
  const kernel = new Kernel();
  const start = kernel.place(bytes.length);
  const found = kernel.place(12);
  kernel.bytes(start, bytes.length).set(bytes);
  const [d, q, l] = [delimiter, quote, lineEnd].map((char) => char.charCodeAt(0)) as [number, number, number];
  for (let at = 0; at < bytes.length; ) {
    kernel.run.findRows(start + at, start + bytes.length, d, q, l, 1, true, found);
    const end = (kernel.words(found, 2)[1] ?? 0) - start;
    yield bytes.subarray(at, end);
    at = end;
  }
}
