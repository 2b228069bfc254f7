import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import type { DeclaredNames } from '../batchIdentity';

/** A file, the batch that it is delivered as, and the destination. URIs are canonical. */
export interface Delivery extends DeclaredNames {
  readonly sourceUri: string;
  readonly destination: string;
}

/**
 * Returns the key of a delivery's dead letter: reruns, redrives and batches of the same file share it, whatever their
 * options.
 */
export function letterKey({ sourceUri, destination, batchDate, dataset, source }: Delivery): string {
  return keyOf(['delivery', sourceUri, destination, batchDate, dataset ?? null, source ?? null]);
}

/** Returns 32 hexadecimal digits: equal parts give equal keys. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 32);
}
