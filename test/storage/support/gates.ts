import { type Folders, folders } from '@etl/storage/folders';
import type { ObjectStore } from '@etl/storage/objectStore';

/** Called before each operation of a wrapped store: returns, waits or throws. */
export type Gate = (operation: string, uri: string) => Promise<void>;

export const nothing: Gate = async () => {};

/** Wraps a store with a gate before and after each operation. A listing is one operation. */
export function gated(store: ObjectStore, gate: Gate, after: Gate = nothing): ObjectStore {
  const pass = async <T>(name: string, uri: string, operation: () => Promise<T>): Promise<T> => {
    await gate(name, uri);
    const result = await operation();
    await after(name, uri);
    return result;
  };
  return {
    head: (uri) => pass('head', uri, () => store.head(uri)),
    openRead: (uri, range) => pass('openRead', uri, () => store.openRead(uri, range)),
    readSmall: (uri) => pass('readSmall', uri, () => store.readSmall(uri)),
    write: (uri, body) => pass('write', uri, () => store.write(uri, body)),
    writeIfAbsent: (uri, body) => pass('writeIfAbsent', uri, () => store.writeIfAbsent(uri, body)),
    upload: (path, uri) => pass('upload', uri, () => store.upload(path, uri)),
    copy: (from, to) => pass('copy', to, () => store.copy(from, to)),
    async *list(uri) {
      await gate('list', uri);
      yield* store.list(uri);
      await after('list', uri);
    },
    remove: (uri) => pass('remove', uri, () => store.remove(uri)),
    removeUnfinished: (uri, before) => pass('removeUnfinished', uri, () => store.removeUnfinished(uri, before)),
  };
}

export function gatedFolders(gate: Gate, after: Gate = nothing): Folders {
  return {
    move: async (from, to) => {
      await gate('move', to);
      const moved = await folders.move(from, to);
      await after('move', to);
      return moved;
    },
    remove: async (uri) => {
      await gate('removeFolder', uri);
      await folders.remove(uri);
      await after('removeFolder', uri);
    },
    removeEmpty: folders.removeEmpty,
  };
}
