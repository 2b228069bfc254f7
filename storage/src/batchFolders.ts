import { baseName } from '@etl/lib/uri';
import { transform } from '@etl/pipeline/definition';
import type { ListedObject, ObjectStore } from './objectStore';

/**
 * Time without writes after which work folders are abandoned, in seconds. It exceeds the time that a held batch waits
 * for approval.
 */
export const workGraceSeconds = transform.approvalSeconds + 24 * 3600;

/** A folder of one writer: a work folder or a commit folder. */
export interface BatchFolder {
  /** Time of the last write below it, by the clock of the store. */
  newest: Date;
  readonly objects: Pick<ListedObject, 'uri' | 'bytes' | 'modifiedAt'>[];
}

/** Returns the direct children of a prefix. */
export async function readFolders(store: Pick<ObjectStore, 'list'>, prefix: string): Promise<Map<string, BatchFolder>> {
  const found = new Map<string, BatchFolder>();
  for await (const { uri, bytes, modifiedAt } of store.list(prefix)) {
    const child = childOf(prefix, uri);
    const folder = found.get(child) ?? { newest: modifiedAt, objects: [] };
    if (modifiedAt > folder.newest) folder.newest = modifiedAt;
    folder.objects.push({ uri, bytes, modifiedAt });
    found.set(child, folder);
  }
  return found;
}

/** Returns the direct child of a prefix that contains an object, or is the object. */
export function childOf(prefix: string, uri: string): string {
  const end = uri.indexOf('/', prefix.length + 1);
  return end < 0 ? uri : uri.slice(0, end);
}

/** Returns the run ID of a work folder or a commit folder. */
export function runOf(folder: string): string {
  return baseName(folder).replace(/-[0-9a-f]+$/, '');
}
