import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { formatUri, parseUri } from '@etl/lib/uri';
import { errnoOf, isAbsent, mapFileErrors } from './fileErrors';

/**
 * Resolves every symbolic link in a `file:` URI. A path that does not exist yet is resolved from its nearest existing
 * folder. Returns undefined for a broken or circular link, and other URIs unchanged.
 *
 * @throws {StorageError} if the file system denies access
 */
export async function realUri(uri: string): Promise<string | undefined> {
  const location = parseUri(uri);
  if (location?.kind !== 'file') return uri;
  const path = await mapFileErrors(uri, () => realPath(location.path));
  return path && formatUri({ kind: 'file', path });
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return undefined;
    if (!isAbsent(error)) throw error;
  }
  if (await isLink(path)) return undefined;
  const folder = await realPath(dirname(path));
  return folder && join(folder, basename(path));
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
