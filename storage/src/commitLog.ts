import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { baseName } from '@etl/pipeline/uri';
import { type Decision, decide } from './fence';
import { type ObjectStore, StorageError } from './objectStore';

export interface Commit {
  readonly number: number;
  readonly manifest: Manifest;
}

/** The text of a commit, and of the `_manifest.json` that is published of it. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The batch's commits, newest first; each is read when it is asked for. */
export async function* readCommits(store: ObjectStore, place: BatchLayout): AsyncIterable<Commit> {
  const numbers: number[] = [];
  for await (const { uri } of store.list(place.commits)) {
    const name = /^(\d{6,})\.json$/.exec(baseName(uri));
    if (name) numbers.push(Number(name[1]));
  }
  for (const number of numbers.sort((a, b) => b - a)) {
    const uri = place.commit(number);
    const body = await store.readSmall(uri);
    if (!body) throw new StorageError('NotFound', uri, 'a commit was listed and is gone');
    yield { number, manifest: JSON.parse(body.toString('utf8')) as Manifest };
  }
}

export async function readNewestCommit(store: ObjectStore, place: BatchLayout): Promise<Commit | undefined> {
  for await (const commit of readCommits(store, place)) return commit;
  return undefined;
}

export interface CommitResult extends Commit {
  /** `already`, `superseded`: number and manifest are those of the commit found. */
  readonly status: Exclude<Decision, 'commit'> | 'committed';
}

/**
 * Makes the manifest the next commit, if what the log holds allows it. Creating the entry only if it is absent is the
 * one lock there is: who loses the race reads again and decides again.
 */
export async function commit(store: ObjectStore, place: BatchLayout, manifest: Manifest): Promise<CommitResult> {
  for (;;) {
    const newest = await readNewestCommit(store, place);
    const decision = decide(newest?.manifest, manifest);
    if (newest && decision !== 'commit') return { ...newest, status: decision };
    const number = (newest?.number ?? 0) + 1;
    if (await store.writeIfAbsent(place.commit(number), manifestText(manifest))) {
      return { status: 'committed', number, manifest };
    }
  }
}
