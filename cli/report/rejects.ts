import { cut } from '@etl/lib/capped';
import { parseJsonOr } from '@etl/lib/json';
import { fieldsOf, isAmount } from '@etl/lib/reading';
import { baseName } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { RejectedRow, RejectSample } from '../../report/run/data';
import { internalUri } from './commit';

type Store = Pick<ObjectStore, 'list' | 'openRead'>;

/** Samples of a page, files that they are taken from, and bytes that are read of each file. */
const maxSamples = 10;
const maxFiles = 5;
const maxBytes = 64 * 1024;
/** Characters of a row that are shown. */
const maxRaw = 400;

/**
 * Returns samples of the rejected rows that a manifest refers to, from several of its files.
 *
 * @throws {StorageError}
 */
export async function committedRejects(
  store: Store,
  place: BatchLayout,
  paths: readonly string[] = [],
): Promise<RejectSample> {
  const uris = paths.map((path) => internalUri(place, path));
  return { rows: await samplesOf(store, uris), isCommitted: true };
}

/**
 * Returns the same for a launch that published nothing, from its work folder while it exists.
 *
 * @throws {StorageError}
 */
export async function uncommittedRejects(
  store: Store,
  place: BatchLayout,
  launch: { readonly runId: string; readonly generation: number },
): Promise<RejectSample> {
  const uris: string[] = [];
  for await (const { uri } of store.list(place.work(launch.runId, launch.generation))) {
    if (/^rejects-\d+\.jsonl$/.test(baseName(uri))) uris.push(uri);
    if (uris.length >= maxFiles) break;
  }
  return { rows: await samplesOf(store, uris), isCommitted: false };
}

async function samplesOf(store: Store, uris: readonly string[]): Promise<RejectedRow[]> {
  const some = uris.slice(0, maxFiles);
  const each = Math.max(2, Math.ceil(maxSamples / Math.max(1, some.length)));
  const rows: RejectedRow[] = [];
  for (const uri of some) rows.push(...(await firstRows(store, uri, Math.min(each, maxSamples - rows.length))));
  return rows;
}

async function firstRows(store: Store, uri: string, most: number): Promise<RejectedRow[]> {
  if (most <= 0) return [];
  const pieces: Buffer[] = [];
  for await (const piece of await store.openRead(uri, { end: maxBytes })) pieces.push(Buffer.from(piece as Uint8Array));
  const lines = Buffer.concat(pieces).toString('utf8').split('\n');
  // The last line may be incomplete.
  return lines.flatMap((line) => rowOf(parseJsonOr(line, undefined)) ?? []).slice(0, most);
}

function rowOf(value: unknown): RejectedRow | undefined {
  const { line, column, reason, raw } = fieldsOf(value);
  if (!isAmount(line) || typeof reason !== 'string') return undefined;
  return {
    line,
    ...(typeof column === 'string' && { column }),
    reason: cut(reason, maxRaw),
    raw: typeof raw === 'string' ? cut(raw, maxRaw) : '',
  };
}
