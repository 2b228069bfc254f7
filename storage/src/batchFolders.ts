import { baseName } from '@etl/lib/uri';
import { transform } from '@etl/pipeline/definition';
import type { ListedObject, ObjectStore } from './objectStore';

/**
 * Time without writes after which a work folder counts as abandoned, in seconds. Exceeds the time for which a held batch
 * waits for approval.
 */
export const workGraceSeconds = transform.approvalSeconds + 24 * 3600;

/** A folder of one writer: a work folder or a commit folder. */
export interface BatchFolder {
  /** Time of the last write to the folder, by the clock of the store. */
  newest: Date;
  readonly objects: BatchObject[];
}

/** Returns the direct children of a prefix, by URI. */
export async function readFolders(store: Pick<ObjectStore, 'list'>, prefix: string): Promise<Map<string, BatchFolder>> {
  return foldersIn(prefix, await readObjects(store, prefix));
}

/** An object of a batch. */
export type BatchObject = Pick<ListedObject, 'uri' | 'bytes' | 'modifiedAt'>;

/** Returns the objects below a prefix. */
export async function readObjects(store: Pick<ObjectStore, 'list'>, prefix: string): Promise<BatchObject[]> {
  const found: BatchObject[] = [];
  for await (const { uri, bytes, modifiedAt } of store.list(prefix)) found.push({ uri, bytes, modifiedAt });
  return found;
}

/** Returns the direct children of a prefix that contain or are one of the objects, by URI. */
export function foldersIn(prefix: string, objects: readonly BatchObject[]): Map<string, BatchFolder> {
  const found = new Map<string, BatchFolder>();
  for (const object of objects) {
    if (!object.uri.startsWith(`${prefix}/`)) continue;
    const child = childOf(prefix, object.uri);
    const folder = found.get(child) ?? { newest: object.modifiedAt, objects: [] };
    if (object.modifiedAt > folder.newest) folder.newest = object.modifiedAt;
    folder.objects.push(object);
    found.set(child, folder);
  }
  return found;
}

/** Returns the direct child of a prefix that contains the object or is the object. */
export function childOf(prefix: string, uri: string): string {
  const end = uri.indexOf('/', prefix.length + 1);
  return end < 0 ? uri : uri.slice(0, end);
}

/** Returns the run ID of a work folder or a commit folder. */
export function runOf(folder: string): string {
  return baseName(folder).replace(/-[0-9a-f]+$/, '');
}
