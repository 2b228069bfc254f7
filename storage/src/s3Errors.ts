import { causeOf } from '@etl/pipeline/causes/causeOf';
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

/** Returns how often the SDK sent the request. @default 1 */
export function attemptsOf(error: unknown): number {
  return (error as S3Failure).$metadata?.attempts ?? 1;
}

/** Returns whether S3 denied a request without a reason, as for HEAD, whose response has no body. */
export function isUnexplained(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status >= 300 && status < 500 && ![404, 409, 412].includes(status) && (error as S3Failure).name === 'Unknown';
}

/** Runs `work` and maps errors of S3 to `StorageError`. */
export async function mapS3Errors<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const { name, message } = error as S3Failure;
    const known = causeOf(error);
    if (known) throw new StorageError(known.kind, uri, known.sentence, { cause: error, remedy: known.remedy });
    if (isMissing(error)) throw new StorageError('NotFound', uri, `S3 returned ${name}`, { cause: error });
    const status = statusOf(error);
    const response = status === undefined ? 'no response from S3' : `S3 returned HTTP ${status}`;
    throw new StorageError('Unavailable', uri, `${response}: ${name}: ${message}`, { cause: error });
  }
}
