import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import type { DeclaredNames } from '../batchIdentity';

/** Which file is delivered as what, and below which destination. URIs are canonical. */
export interface Delivery extends DeclaredNames {
  readonly sourceUri: string;
  readonly destination: string;
}

/**
 * Returns the key of the dead letter of a delivery: reruns, redrives and batches of the same file share it, whatever their
 * options are.
 */
export function letterKey({ sourceUri, destination, batchDate, dataset, source }: Delivery): string {
  return keyOf(['delivery', sourceUri, destination, batchDate, dataset ?? null, source ?? null]);
}

/** 32 hexadecimal digits: equal parts give equal keys. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 32);
}
