import { createHash } from 'node:crypto';

/**
 * Greatest ID. Iceberg reserves the IDs from 2,147,483,447. Those between stay free for columns that another program
 * adds to a table: it continues after the greatest ID in use.
 *
 * @see https://iceberg.apache.org/spec/#reserved-field-ids
 */
export const greatestColumnId = 2_000_000_000;

/** Bytes of the hash that decide an ID: the greatest integer that Node reads from bytes. */
const hashBytes = 6;

/**
 * Returns the ID of each column of a schema, from 1 to `greatestColumnId`: the SHA-256 of its normalised name, of which
 * the first 6 bytes as a big-endian integer, modulo `greatestColumnId`, plus 1. If an earlier column of the schema has
 * this ID, the column gets the next free one; 1 follows the greatest.
 *
 * The IDs are recorded in manifests, so this function must never return other ones.
 */
export function columnIds(names: readonly string[]): number[] {
  const taken = new Set<number>();
  return names.map((name) => {
    let id = idOf(name);
    while (taken.has(id)) id = id === greatestColumnId ? 1 : id + 1;
    taken.add(id);
    return id;
  });
}

function idOf(name: string): number {
  return (createHash('sha256').update(name).digest().readUIntBE(0, hashBytes) % greatestColumnId) + 1;
}
