import { isShallow } from '@etl/lib/json';
import { resolveDestination, resolveSource } from '../plan';
import { type Delivery, keyOf, letterKey } from './letterKey';

/** Bases for the places that an event leaves out. */
export interface LetterPlaces {
  readonly rawBase: string | undefined;
  readonly cleanBase: string;
}

/** Returns the delivery that an event of any shape requests; undefined for an event without a file or a day. */
export function deliveryOf(event: unknown, { rawBase, cleanBase }: LetterPlaces): Delivery | undefined {
  const { s3Key, batchDate, dataset, source, destination } = fieldsOf(fieldsOf(event).detail);
  if (typeof s3Key !== 'string' || typeof batchDate !== 'string') return undefined;
  return {
    sourceUri: resolveSource(s3Key, rawBase) ?? s3Key,
    destination: resolveDestination(typeof destination === 'string' ? destination : undefined, cleanBase),
    batchDate,
    ...(typeof dataset === 'string' && { dataset }),
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
