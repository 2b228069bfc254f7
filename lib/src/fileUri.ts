import { resolve } from 'node:path';
import { formatUri } from './uri';

/** Returns the canonical URI of a path on this machine; a relative one begins at the current folder. */
export function fileUri(path: string): string {
  return formatUri({ kind: 'file', path: resolve(path) });
}
