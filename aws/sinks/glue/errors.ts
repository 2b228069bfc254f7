import { causeOf } from '@etl/pipeline/causes/causeOf';
import { SinkError } from '../../../activities/ports';
import { serviceError } from '../../serviceErrors';

/** Another writer has changed the table or partition since it was read. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/**
 * Errors that Glue returns again for the same request.
 * @see AWS Glue Web API Reference, errors of GetTable, CreateTable, UpdateTable, GetPartition, CreatePartition and
 * UpdatePartition
 */
const permanent: ReadonlySet<string> = new Set([
  'FederationSourceException',
  'GlueEncryptionException',
  'InvalidInputException',
]);

const conflicts: ReadonlySet<string> = new Set([
  'AlreadyExistsException',
  'ConcurrentModificationException',
  'EntityNotFoundException',
]);

/** Maps an error of an operation on a table (`lake.ventas`) to an error class. Returns an unknown error unchanged. */
export function glueError(operation: string, table: string, error: unknown): unknown {
  const { name } = error as Error;
  const message = (error as Error).message.replace(/\.$/, '');
  const refused = (how: string, remedy: string) =>
    new SinkError(`Glue ${operation} of ${table} ${how}: ${message}. ${remedy}.`, { cause: error });
  if (conflicts.has(name)) return new ConflictError(`Glue ${operation} of ${table}: ${name}: ${message}`);
  if (causeOf(error)?.kind === 'AccessDenied')
    return refused(
      'was denied',
      /lake formation/i.test(message)
        ? 'Grant the role of the worker the permissions of Lake Formation in docs/sinks.md'
        : `Grant the role of the worker glue:${operation} (docs/sinks.md)`,
    );
  // Not throttling: the number of tables or partitions does not decrease with time.
  if (name === 'ResourceNumberLimitExceededException')
    return refused('exceeds a quota', 'Delete tables or partitions, or request a higher quota of AWS Glue');
  return serviceError({ what: `Glue ${operation} of ${table}`, permanent, Permanent: SinkError }, error);
}
