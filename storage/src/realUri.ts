import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { formatUri, parseUri } from '@etl/lib/uri';
import { errnoOf, fileWork, isAbsent } from './fileErrors';

/**
 * Returns the URI that a `file:` URI leads to once every link on its way is resolved. What does not exist yet lies below its
 * nearest existing folder. Undefined for a link that leads nowhere or in a circle. Other URIs are returned as they are.
 * @throws {StorageError} where the file system denies access.
 */
export async function realUri(uri: string): Promise<string | undefined> {
  const location = parseUri(uri);
  if (location?.kind !== 'file') return uri;
  const path = await fileWork(uri, () => realPath(location.path));
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
