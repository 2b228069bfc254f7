import { pathToFileURL } from 'node:url';

/** The URI of an absolute path on this machine. */
export function fileUri(path: string): string {
  return pathToFileURL(path).href;
}
