import { isUtf8 } from 'node:buffer';
import { joinUri, trimSlashes } from '@etl/lib/uri';

/**
 * Returns the URI of a relative path below a folder. A path that ends in `/` keeps it; bytes that are not UTF-8 are
 * percent-encoded.
 */
export function uriOf(folderUri: string, path: Buffer): string {
  const isFolder = path.at(-1) === 0x2f;
  const uri = isUtf8(path) ? joinUri(folderUri, path.toString()) : `${trimSlashes(folderUri)}/${percentEncoded(path)}`;
  return isFolder && !uri.endsWith('/') ? `${uri}/` : uri;
}

/** Returns the relative path from which `uriOf` built a URI; undefined if the URI is not below the folder's. */
export function bytesBelow(folderUri: string, uri: string): Buffer | undefined {
  const base = `${trimSlashes(folderUri)}/`;
  if (!uri.startsWith(base)) return undefined;
  const pieces = uri.slice(base.length).split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 === 1 ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece))),
  );
}

/** Percent-encodes a path, except the characters that `joinUri` does not encode. */
function percentEncoded(path: Buffer): string {
  return [...path]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[\w.~!$&'()*+,;=:@/-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
