import { causeOf } from '@etl/pipeline/causes/causeOf';
import { StorageError } from './objectStore';

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Errors that mean "no such object": a folder is none, and neither is what would lie below a file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '');
}

/** Runs file work and maps what the file system refuses to a `StorageError`. */
export async function fileWork<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error);
    if (error instanceof StorageError || errno === undefined) throw error;
    const cause = causeOf(error);
    if (!cause) throw new StorageError('Unavailable', uri, `the file system answered ${errno}`, { cause: error });
    throw new StorageError(cause.kind, uri, cause.sentence, { cause: error, remedy: cause.remedy });
  }
}
