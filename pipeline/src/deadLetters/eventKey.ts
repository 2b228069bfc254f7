import { isShallow } from '@etl/lib/json';
import type { Datasets } from '../dataset/datasets';
import { resolveDestination, resolveSource } from '../plan';
import { type Delivery, keyOf, letterKey } from './letterKey';

/** Bases for the places that an event leaves out. */
export interface LetterPlaces {
  readonly rawBase: string | undefined;
  readonly cleanBase: string;
  /** @default none are declared */
  readonly datasets?: Datasets | undefined;
}

/** Returns the delivery that an event of any shape requests; undefined for an event without a file or a day. */
export function deliveryOf(event: unknown, { rawBase, cleanBase, datasets }: LetterPlaces): Delivery | undefined {
  const { s3Key, batchDate, source, ...own } = fieldsOf(fieldsOf(event).detail);
  if (typeof s3Key !== 'string' || typeof batchDate !== 'string') return undefined;
  const sourceUri = resolveSource(s3Key, rawBase) ?? s3Key;
  const named = typeof own.dataset === 'string' ? own.dataset : undefined;
  const found = datasets?.of(sourceUri, named);
  const declared = found?.kind === 'declared' ? found.dataset : undefined;
  const dataset = declared?.name ?? named;
  const destination = typeof own.destination === 'string' ? own.destination : declared?.declaration.destination;
  return {
    sourceUri,
    destination: resolveDestination(destination, cleanBase),
    batchDate,
    ...(dataset !== undefined && { dataset }),
    ...(typeof source === 'string' && { source }),
  };
}

/**
 * Returns the key of an event's dead letter, whatever the event's shape: by its delivery, by the place it is about, or
 * by its content.
 */
export function eventKey(event: unknown, places: LetterPlaces): string {
  const delivery = deliveryOf(event, places);
  if (delivery) return letterKey(delivery);
  const { landed, detail } = fieldsOf(event);
  const { uri } = fieldsOf(landed);
  if (typeof uri === 'string') return keyOf(['landed', uri]);
  const content = detail ?? event ?? null;
  return keyOf(['event', isShallow(content) ? content : null]);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
