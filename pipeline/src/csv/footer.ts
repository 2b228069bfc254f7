/** Creates a test for footer rows: whether a row, from `start` on, begins with the prefix. */
export function createFooterTest(prefix: string | undefined): (bytes: Uint8Array, start?: number) => boolean {
  if (prefix === undefined) return () => false;
  const wanted = Buffer.from(prefix);
  return (bytes, start = 0) => wanted.every((byte, at) => bytes[start + at] === byte);
}
