import { causeOf } from '@etl/pipeline/causes/causeOf';
import { StorageError } from './objectStore';

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Returns whether an error means "no such object": the path is missing, a folder, or below a file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '');
}

/** Runs `work` and maps errors of the file system to `StorageError`. */
export async function mapFileErrors<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error);
    if (error instanceof StorageError || errno === undefined) throw error;
    const cause = causeOf(error);
    if (!cause) throw new StorageError('Unavailable', uri, `the file system returned ${errno}`, { cause: error });
    throw new StorageError(cause.kind, uri, cause.sentence, { cause: error, remedy: cause.remedy });
  }
}
