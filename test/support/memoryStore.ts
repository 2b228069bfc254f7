import type { ListedObject, ObjectStore } from '@etl/storage/objectStore';

/** A store of small objects in memory, which waits for nothing. */
export interface MemoryStore extends ObjectStore {
  /** The bodies by URI. */
  readonly objects: ReadonlyMap<string, string>;
}

/** Creates an empty store. Streams and uploads are not supported. */
export function createMemoryStore(): MemoryStore {
  const objects = new Map<string, string>();
  const infoOf = (uri: string, body: string): ListedObject => ({
    uri,
    bytes: body.length,
    fingerprint: body,
    modifiedAt: new Date(0),
  });
  const unsupported = async (): Promise<never> => {
    throw new Error('not supported by the store in memory');
  };
  return {
    objects,
    head: async (uri) => {
      const body = objects.get(uri);
      return body === undefined ? undefined : infoOf(uri, body);
    },
    readSmall: async (uri) => {
      const body = objects.get(uri);
      return body === undefined ? undefined : Buffer.from(body);
    },
    write: async (uri, body) => {
      objects.set(uri, body.toString());
    },
    writeIfAbsent: async (uri, body) => {
      if (objects.has(uri)) return false;
      objects.set(uri, body.toString());
      return true;
    },
    async *list(prefix) {
      for (const [uri, body] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1)))
        if (uri.startsWith(`${prefix}/`)) yield infoOf(uri, body);
    },
    remove: async (uri) => {
      objects.delete(uri);
    },
    removeUnfinished: async () => undefined,
    ...{ openRead: unsupported, upload: unsupported, copy: unsupported },
  };
}
