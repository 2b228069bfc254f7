import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import { BadConfigurationError } from '../config/failures';
import type { Known } from '../transformers/table';

/** What the whole file says of its columns, for shards that convert again what was written under less. */
export interface Reconciliation extends Content {
  readonly version: 1;
  readonly known: Known;
  /** Chunks that were written under another schema. */
  readonly stale: readonly number[];
}

/** Throws `BadConfigurationError` for what is no reconciliation of this content. */
export async function readReconciliation(store: ObjectStore, uri: string, content: Content): Promise<Known> {
  const refuse = (why: string) => new BadConfigurationError(`SHARD_RECONCILE: ${uri} ${why}`);
  const body = await store.readSmall(uri);
  if (!body) throw refuse('is not there: commit again');
  const found = parse(body.toString('utf8'));
  if (!found) throw refuse('is no reconciliation of version 1: commit again');
  if (!sameContent(found, content)) throw refuse('is of another source or other options: commit again');
  return found.known;
}

function parse(text: string): Reconciliation | undefined {
  try {
    const found = JSON.parse(text) as Reconciliation;
    const { version, known, source } = found;
    return version === 1 && source && Array.isArray(known.seen) && Array.isArray(known.hints) ? found : undefined;
  } catch {
    return undefined;
  }
}
