import { resolve } from 'node:path';
import { formatUri } from './uri';

/** Returns the canonical URI of a local path. Resolves a relative path against the current folder. */
export function fileUri(path: string): string {
  return formatUri({ kind: 'file', path: resolve(path) });
}
