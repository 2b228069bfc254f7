import { StorageError } from './objectStore';

interface S3Failure {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

const statusOf = (error: unknown): number | undefined => (error as S3Failure).$metadata?.httpStatusCode;

export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', 'NoSuchBucket'].includes((error as S3Failure).name) || statusOf(error) === 404;
}

export function isPreconditionFailed(error: unknown): boolean {
  return statusOf(error) === 412;
}

export function isConflict(error: unknown): boolean {
  return statusOf(error) === 409;
}

/** How often the SDK sent the request; 1 when it does not say. */
export function attemptsOf(error: unknown): number {
  return (error as S3Failure).$metadata?.attempts ?? 1;
}

/** Runs S3 work; what S3 answers becomes a `StorageError` that callers can decide by. */
export async function s3Work<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const { name, message } = error as S3Failure;
    if (name === 'NoSuchBucket') throw new StorageError('ReadOnly', uri, 'there is no such bucket', { cause: error });
    if (isMissing(error)) throw new StorageError('NotFound', uri, `S3 answered ${name}`, { cause: error });
    const denied = statusOf(error) === 403 || statusOf(error) === 401 || name === 'CredentialsProviderError';
    const code = denied ? 'AccessDenied' : 'Unavailable';
    throw new StorageError(code, uri, `S3 answered ${name}: ${message}`, { cause: error });
  }
}
