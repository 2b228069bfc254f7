import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants, mkdirSync } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseUri, trimSlashes } from '@etl/lib/uri';
import { draftName, removeDrafts } from './drafts';
import { errnoOf, isAbsent, mapFileErrors } from './fileErrors';
import { fileFingerprint, openFile } from './fileRead';
import {
  checkSmall,
  type ListedObject,
  type ListOptions,
  type ObjectInfo,
  type ObjectStore,
  StorageError,
} from './objectStore';
import { bytesBelow, uriOf } from './pathBytes';
import { walk } from './walk';

/** Creates a store of files. Every write is atomic: a draft next to the target, then a rename or a link. */
export function createFileStore(): ObjectStore {
  return {
    head: (uri) =>
      mapFileErrors(uri, async () => {
        const stats = await statOrUndefined(pathOf(uri));
        return stats?.isFile() ? infoOf(uri, stats) : undefined;
      }),
    openRead: (uri, range = {}) => mapFileErrors(uri, () => openFile(uri, pathOf(uri), range)),
    readSmall: (uri) =>
      mapFileErrors(uri, async () => {
        try {
          const path = pathOf(uri);
          checkSmall(uri, (await stat(path)).size);
          return await readFile(path);
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    write: (uri, body) => mapFileErrors(uri, () => drafted(uri, (draft) => writeDurably(draft, body), rename)),
    writeIfAbsent: (uri, body) =>
      mapFileErrors(uri, async () => {
        try {
          // link() fails on an existing name: the compare-and-set of the file system.
          await drafted(uri, (draft) => writeDurably(draft, body), link);
          return true;
        } catch (error) {
          if (errnoOf(error) === 'EEXIST') return false;
          throw error;
        }
      }),
    upload: (localPath, uri) =>
      mapFileErrors(uri, () =>
        drafted(uri, (draft) => copyFile(localPath, draft, constants.COPYFILE_FICLONE).then(() => sync(draft)), rename),
      ),
    copy: (from, to) => mapFileErrors(from, () => drafted(to, (draft) => linkOrCopy(pathOf(from), draft), rename)),
    list,
    remove: (uri) => mapFileErrors(uri, () => rm(pathOf(uri), { force: true })),
    removeUnfinished: (prefix, before) => mapFileErrors(prefix, () => removeDrafts(pathOf(prefix), before)),
  };
}

/** Returns the path of a `file:` URI. @throws {StorageError} `NotFound` for another URI */
export function pathOf(uri: string): string {
  const location = parseUri(uri);
  if (location?.kind === 'file') return location.path;
  throw new StorageError('NotFound', uri, 'is not a file:/// URI');
}

/** Creates a hard link, or a copy if a link is not possible (other file system, no support for links). */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'EMLINK'].includes(errnoOf(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await sync(to);
  }
}

async function statOrUndefined(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function infoOf(uri: string, stats: BigIntStats): ObjectInfo {
  return { uri, bytes: Number(stats.size), fingerprint: fileFingerprint(stats), modifiedAt: stats.mtime };
}

/** Creates a draft next to the target and moves it into place. Removes the draft on failure. */
async function drafted(
  uri: string,
  make: (draft: string) => Promise<void>,
  place: (draft: string, target: string) => Promise<void>,
): Promise<void> {
  const target = pathOf(uri);
  const folder = dirname(target);
  await makeFolder(uri, folder);
  const draft = join(folder, draftName(randomUUID()));
  try {
    await make(draft);
    await place(draft, target);
    await syncFolder(folder);
  } finally {
    // The draft remains after a link, and after a rename onto a hard link of the same file, which is a no-op.
    await rm(draft, { force: true });
  }
}

async function writeDurably(path: string, body: Buffer | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Syncs a folder's entries, so that after a power failure no commit refers to parts that are missing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

async function* list(prefixUri: string, { after, problems = false }: ListOptions = {}): AsyncIterable<ListedObject> {
  const folder = trimSlashes(pathOf(prefixUri));
  const behind =
    after === undefined ? undefined : (bytesBelow(prefixUri, after) ?? Buffer.from(relative(folder, pathOf(after))));
  const entries = walk(folder, behind);
  for (;;) {
    const { done, value: entry } = await mapFileErrors(prefixUri, () => entries.next());
    if (done) return;
    const uri = uriOf(prefixUri, entry.path);
    const { stats, problem } = entry;
    if (stats) yield infoOf(uri, stats);
    else if (problems && problem) yield { uri, ...noContent, problem: { kind: problem.kind, reason: problem.reason } };
    else if (problem?.cause !== undefined && !isAbsent(problem.cause))
      await mapFileErrors(uri, () => Promise.reject(problem.cause));
  }
}

const noContent = { bytes: 0, fingerprint: '', modifiedAt: new Date(0) };

const belowFile = 'a parent of the path is a file, not a folder';
const folderProblems: Readonly<Record<string, string>> = {
  ENOTDIR: belowFile,
  EEXIST: belowFile,
  ENOENT: belowFile,
  ENAMETOOLONG: 'a name in the path is longer than the file system allows',
  ELOOP: 'the path is a loop of symbolic links',
};

/** Creates a folder. A destination below a file is a configuration problem (`ReadOnly`), not a missing object. */
async function makeFolder(uri: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (failure) {
    const error = actualError(failure, () => mkdirSync(folder, { recursive: true }));
    if (error === undefined) return;
    const sentence = folderProblems[errnoOf(error) ?? ''];
    if (sentence === undefined) throw error;
    throw new StorageError('ReadOnly', uri, `the folder ${folder} cannot be created: ${sentence}`, { cause: error });
  }
}

/** Node's asynchronous recursive mkdir reports ENOENT for a full disk; the synchronous one reports the actual error. */
function actualError(failure: unknown, work: () => void): unknown {
  if (errnoOf(failure) !== 'ENOENT') return failure;
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
