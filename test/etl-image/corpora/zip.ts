import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const deflated = 8;

/** Lists the files of a Zip archive without Zip64, with a function that reads their bytes. @see PKWARE APPNOTE 4.3 */
export function readZip(zip: Buffer): { readonly name: string; read(): Buffer }[] {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw new Error('not a Zip archive');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [method, size, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const [name, extra, comment] = [at + 28, at + 30, at + 32].map((place) => zip.readUInt16LE(place));
    const begin = at + 46;
    at = begin + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    return {
      name: zip.toString('utf8', begin, begin + (name ?? 0)),
      read: () => {
        // The local header has separate lengths.
        const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const bytes = zip.subarray(start, start + size);
        return method === deflated ? inflateRawSync(bytes) : bytes;
      },
    };
  });
}
