import { type AllowedPlaces, isWithin, spellingProblem } from '@etl/pipeline/allowedPlaces';
import { type ObjectStore, StorageError } from './objectStore';
import { realUri } from './realUri';

/**
 * Returns a store that writes only below the allowed destinations, and reads only below these and the allowed sources,
 * wherever a URI comes from: a plan, a checkpoint, a manifest. Other URIs are `StorageError`s with the code
 * `AccessDenied`.
 */
export function confineStore(store: ObjectStore, { sources, destinations }: AllowedPlaces): ObjectStore {
  const readable = sources && destinations && [...sources, ...destinations];
  const reading = (uri: string) => check(uri, readable, 'read');
  const writing = (uri: string) => check(uri, destinations, 'write');
  return {
    head: async (uri) => {
      await reading(uri);
      return store.head(uri);
    },
    openRead: async (uri, range) => {
      await reading(uri);
      return store.openRead(uri, range);
    },
    readSmall: async (uri) => {
      await reading(uri);
      return store.readSmall(uri);
    },
    write: async (uri, body) => {
      await writing(uri);
      await store.write(uri, body);
    },
    writeIfAbsent: async (uri, body) => {
      await writing(uri);
      return store.writeIfAbsent(uri, body);
    },
    upload: async (localPath, uri) => {
      await writing(uri);
      await store.upload(localPath, uri);
    },
    copy: async (from, to) => {
      await Promise.all([reading(from), writing(to)]);
      await store.copy(from, to);
    },
    async *list(prefixUri, options) {
      await reading(prefixUri);
      yield* store.list(prefixUri, options);
    },
    remove: async (uri) => {
      await writing(uri);
      await store.remove(uri);
    },
    removeUnfinished: async (prefixUri, before) => {
      await writing(prefixUri);
      await store.removeUnfinished(prefixUri, before);
    },
  };
}

async function check(uri: string, prefixes: readonly string[] | undefined, use: 'read' | 'write'): Promise<void> {
  if (prefixes === undefined || (await leadsInto(prefixes, uri))) return;
  const variables = use === 'read' ? 'ETL_SOURCE_PREFIXES or ETL_DESTINATION_PREFIXES' : 'ETL_DESTINATION_PREFIXES';
  const remedy = `Add its prefix to ${variables}`;
  throw new StorageError('AccessDenied', uri, `lies outside the places that this process may ${use}`, { remedy });
}

/** Returns whether both the URI and the target of its links lie below an allowed prefix. */
async function leadsInto(prefixes: readonly string[], uri: string): Promise<boolean> {
  if (spellingProblem(uri) !== undefined || !prefixes.some((prefix) => isWithin(prefix, uri))) return false;
  if (!uri.startsWith('file:') || prefixes.includes('file:///')) return true;
  const real = await realUri(uri);
  if (real === undefined) return false;
  for (const prefix of prefixes) {
    const base = await realUri(prefix);
    if (base !== undefined && isWithin(base, real)) return true;
  }
  return false;
}
