import { StorageError, type StorageErrorCode } from './objectStore';

const codes: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'NotFound',
  ENOTDIR: 'NotFound',
  EISDIR: 'NotFound',
  EACCES: 'AccessDenied',
  EPERM: 'AccessDenied',
  EROFS: 'ReadOnly',
  ENOSPC: 'NoSpace',
  EDQUOT: 'NoSpace',
};

const words: Readonly<Record<string, string>> = {
  NotFound: 'there is no such file',
  AccessDenied: 'the file system denies access',
  ReadOnly: 'the file system is read-only',
  NoSpace: 'no space is left',
};

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Errors that mean "no such object": a folder is none, and neither is what would lie below a file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '');
}

/** Runs file work; what the file system refuses becomes a `StorageError`. */
export async function fileWork<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error);
    if (error instanceof StorageError || errno === undefined) throw error;
    const code = codes[errno] ?? 'Unavailable';
    throw new StorageError(code, uri, words[code] ?? `the file system answered ${errno}`, { cause: error });
  }
}
