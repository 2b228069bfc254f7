import { parseJson } from '@etl/lib/json';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import * as z from 'zod';
import { content, count, evidence } from '../chunks/schemas';
import { BadConfigurationError } from '../errors';
import type { ColumnEvidence } from '../types/table';

const columns = z.array(evidence).readonly();
const schema = z.strictObject({
  version: z.literal(1),
  ...content,
  known: z
    .strictObject({ seen: columns, hints: columns })
    .refine(({ seen, hints }) => seen.length === hints.length, 'seen and hints must have the same number of columns'),
  /** Numbers of the chunks that were written under another schema. */
  stale: z.array(count.min(1)).readonly(),
});

/** Evidence of the whole file, for the shards that rewrite stale chunks. */
export type Reconciliation = z.infer<typeof schema>;

/**
 * Reads the evidence of a reconciliation.
 *
 * @throws {BadConfigurationError} if the object is not a reconciliation of this content with `width` columns
 */
export async function readReconciliation(
  store: ObjectStore,
  uri: string,
  wanted: Content,
  width: number,
): Promise<ColumnEvidence> {
  const invalid = (why: string) => new BadConfigurationError(`SHARD_RECONCILE: ${uri} ${why}: commit again`);
  const body = await store.readSmall(uri);
  if (!body) throw invalid('does not exist');
  const found = parse(body.toString('utf8'));
  if (!found) throw invalid('is not a reconciliation of version 1');
  if (!sameContent(found, wanted)) throw invalid('belongs to another source or other options');
  const { length } = found.known.seen;
  if (length !== width) throw invalid(`has ${length} columns, but the file has ${width}`);
  return found.known;
}

function parse(text: string): Reconciliation | undefined {
  try {
    return schema.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}
