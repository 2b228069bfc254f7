import { parseJsonOr } from '@etl/lib/json';
import { baseName } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type ObjectStore, StorageError } from './objectStore';

export interface Commit {
  readonly number: number;
  readonly manifest: Manifest;
}

/** Returns the text of a commit and of its published `_manifest.json`. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

type LogStore = Pick<ObjectStore, 'list' | 'readSmall'>;

/** Returns the number of the newest commit; 0 without commits. Numbers start at 1 and have no gaps. */
export async function newestCommitNumber(store: Pick<ObjectStore, 'list'>, place: BatchLayout): Promise<number> {
  let newest = 0;
  for await (const { uri } of store.list(place.commits)) newest = Math.max(newest, entryNumber(uri) ?? 0);
  return newest;
}

/** Returns the number of a commit by the URI of its entry; undefined for another object. */
export function entryNumber(uri: string): number | undefined {
  const name = /^(\d{6,})\.json$/.exec(baseName(uri));
  return name ? Number(name[1]) : undefined;
}

/**
 * Yields the batch's commits, newest first. Reads each on demand.
 *
 * @throws {StorageError} `NotFound` for a missing entry, `Corrupt` for an invalid manifest
 */
export async function* readCommits(store: LogStore, place: BatchLayout): AsyncIterable<Commit> {
  for (let number = await newestCommitNumber(store, place); number > 0; number--) {
    const uri = place.commit(number);
    const body = await store.readSmall(uri);
    if (!body) throw new StorageError('NotFound', uri, 'the entry of the commit log is missing: restore it');
    yield { number, manifest: parseManifest(uri, body.toString('utf8')) };
  }
}

export async function readNewestCommit(store: LogStore, place: BatchLayout): Promise<Commit | undefined> {
  for await (const commit of readCommits(store, place)) return commit;
  return undefined;
}

function parseManifest(uri: string, text: string): Manifest {
  const manifest = parseJsonOr(text, undefined);
  if (isManifest(manifest)) return manifest;
  throw new StorageError(
    'Corrupt',
    uri,
    'is not a manifest of version 1: restore it, or use a newer version of this program',
  );
}

/** Checks the types of the fields that readers of the log use. */
function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value)) return false;
  const { version, runId, runStartedAt, optionsHash, source, parts, warnings = [], totals = {} } = value;
  return (
    version === 1 &&
    isRecord(source) &&
    isText(source.uri) &&
    [runId, runStartedAt, optionsHash, source.fingerprint].every((each) => each === undefined || isText(each)) &&
    isRecord(totals) &&
    Object.values(totals).every(isNumber) &&
    isListOf(warnings, isText) &&
    isListOf(parts, (part) => isRecord(part) && isText(part.file) && isText(part.location) && isNumber(part.bytes))
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isListOf = (value: unknown, is: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);
