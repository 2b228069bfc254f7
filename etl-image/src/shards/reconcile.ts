import { parseJson } from '@etl/lib/json';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import * as z from 'zod';
import { content, count, evidence } from '../chunks/schemas';
import { BadConfigurationError } from '../errors';
import type { Known } from '../types/table';

const columns = z.array(evidence).readonly();
const schema = z.strictObject({
  version: z.literal(1),
  ...content,
  known: z
    .strictObject({ seen: columns, hints: columns })
    .refine(({ seen, hints }) => seen.length === hints.length, 'must say as much of seen as of hints'),
  /** Chunks that were written under another schema. */
  stale: z.array(count.min(1)).readonly(),
});

/** What the whole file says of its columns, for shards that convert again what was written under less. */
export type Reconciliation = z.infer<typeof schema>;

/** Throws `BadConfigurationError` for what is no reconciliation of this content and of so many columns. */
export async function readReconciliation(
  store: ObjectStore,
  uri: string,
  wanted: Content,
  width: number,
): Promise<Known> {
  const refuse = (why: string) => new BadConfigurationError(`SHARD_RECONCILE: ${uri} ${why}: commit again`);
  const body = await store.readSmall(uri);
  if (!body) throw refuse('is not there');
  const found = parse(body.toString('utf8'));
  if (!found) throw refuse('is no reconciliation of version 1');
  if (!sameContent(found, wanted)) throw refuse('is of another source or other options');
  const { length } = found.known.seen;
  if (length !== width) throw refuse(`is of ${length} columns, and the file has ${width}`);
  return found.known;
}

function parse(text: string): Reconciliation | undefined {
  try {
    return schema.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}
