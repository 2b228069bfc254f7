import { baseName, joinUri } from '@etl/lib/uri';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { destinationUri } from '../arguments';

/** A declaration and its copy in the folder that workers read. */
export interface FileChange {
  readonly action: 'create' | 'update' | 'unchanged';
  readonly from: string;
  readonly to: string;
}

/** Compares declarations with their copies. Files that are only in the other folder are left alone. */
export async function comparePublished(
  folder: string,
  datasets: readonly Dataset[],
  to: string,
  store: Pick<ObjectStore, 'readSmall'> = openStore(),
): Promise<FileChange[]> {
  const target = destinationUri(to);
  const changes: FileChange[] = [];
  for (const { file } of datasets) {
    const [from, copy] = [joinUri(folder, baseName(file)), joinUri(target, baseName(file))];
    const [own, there] = [await store.readSmall(from), await store.readSmall(copy)];
    if (own === undefined) throw new StorageError('NotFound', from, 'the declaration has been removed meanwhile');
    const action = there === undefined ? 'create' : there.equals(own) ? 'unchanged' : 'update';
    changes.push({ action, from, to: copy });
  }
  return changes;
}

/** Copies a declaration that is new or has changed. */
export async function publishChange({ action, from, to }: FileChange, store = openStore()): Promise<void> {
  if (action === 'unchanged') return;
  const body = await store.readSmall(from);
  if (body === undefined) throw new StorageError('NotFound', from, 'the declaration has been removed meanwhile');
  await store.write(to, body);
}
