import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants, type createReadStream } from 'node:fs';
import { copyFile, type FileHandle, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { joinUri, parseUri } from '@etl/pipeline/uri';
import { draftName, walk } from './drafts';
import { errnoOf, fileWork } from './fileErrors';
import { type ByteRange, type ObjectInfo, type ObjectStore, StorageError } from './objectStore';

/** Objects as files. Every write is whole or not at all: a draft beside the target, then a rename or a link. */
export function createFileStore(): ObjectStore {
  return {
    head: (uri) =>
      fileWork(uri, async () => {
        const stats = await statOrUndefined(pathOf(uri));
        return stats?.isFile() ? infoOf(uri, stats) : undefined;
      }),
    openRead: (uri, range = {}) => fileWork(uri, () => openRead(uri, range)),
    readSmall: (uri) =>
      fileWork(uri, async () => {
        try {
          return await readFile(pathOf(uri));
        } catch (error) {
          if (errnoOf(error) === 'ENOENT') return undefined;
          throw error;
        }
      }),
    write: (uri, body) => fileWork(uri, () => drafted(uri, (draft) => writeDurably(draft, body), rename)),
    writeIfAbsent: (uri, body) =>
      fileWork(uri, async () => {
        try {
          // link() fails on an existing name: the file system's own compare-and-set.
          await drafted(uri, (draft) => writeDurably(draft, body), linkAndForget);
          return true;
        } catch (error) {
          if (errnoOf(error) === 'EEXIST') return false;
          throw error;
        }
      }),
    upload: (localPath, uri) =>
      fileWork(uri, () =>
        drafted(uri, (draft) => copyFile(localPath, draft, constants.COPYFILE_FICLONE).then(() => sync(draft)), rename),
      ),
    copy: (from, to) => fileWork(from, () => drafted(to, (draft) => linkOrCopy(pathOf(from), draft), rename)),
    list,
    remove: (uri) => fileWork(uri, () => rm(pathOf(uri), { force: true })),
  };
}

/** The path of a `file:` URI. */
export function pathOf(uri: string): string {
  const location = parseUri(uri);
  if (location?.kind === 'file') return location.path;
  throw new StorageError('NotFound', uri, 'is no file:/// URI');
}

/** A hard link, or a copy where a link cannot be (another file system, one without links). */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(errnoOf(error) ?? '')) throw error;
    await copyFile(from, to);
  }
}

async function openRead(uri: string, range: ByteRange & { ifMatch?: string }): Promise<Readable> {
  const file = await open(pathOf(uri));
  try {
    await checkUnchanged(file, uri, range.ifMatch);
  } catch (error) {
    await file.close();
    throw error;
  }
  const { start = 0, end } = range;
  if (end !== undefined && end <= start) {
    await file.close();
    return Readable.from([]);
  }
  const stream = file.createReadStream({
    start,
    ...(end !== undefined && { end: end - 1 }),
    autoClose: false,
    highWaterMark: 1 << 20,
  });
  return Readable.from(readToEnd(stream, file, uri, range.ifMatch), { objectMode: false, highWaterMark: 1 << 20 });
}

/** A file that changed while it was read is an error, not a mixture. */
async function* readToEnd(
  stream: ReturnType<typeof createReadStream>,
  file: FileHandle,
  uri: string,
  ifMatch?: string,
) {
  try {
    for await (const piece of stream) yield piece as Buffer;
    await checkUnchanged(file, uri, ifMatch);
  } finally {
    stream.destroy();
    await file.close();
  }
}

async function checkUnchanged(file: FileHandle, uri: string, ifMatch: string | undefined): Promise<void> {
  if (ifMatch === undefined) return;
  const { fingerprint } = infoOf(uri, await file.stat({ bigint: true }));
  if (fingerprint !== ifMatch) throw new StorageError('SourceChanged', uri, 'the file changed while it was being read');
}

async function statOrUndefined(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function infoOf(uri: string, stats: BigIntStats): ObjectInfo {
  return {
    uri,
    bytes: Number(stats.size),
    fingerprint: `${stats.size}-${stats.mtimeNs}-${stats.ino}`,
    modifiedAt: new Date(Number(stats.mtimeMs)),
  };
}

/** Makes a draft beside the target, and puts it in place. A draft that comes to nothing is removed. */
async function drafted(
  uri: string,
  make: (draft: string) => Promise<void>,
  place: (draft: string, target: string) => Promise<void>,
): Promise<void> {
  const target = pathOf(uri);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, draftName(randomUUID()));
  try {
    await make(draft);
    await place(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

async function linkAndForget(draft: string, target: string): Promise<void> {
  await link(draft, target);
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

async function* list(prefixUri: string): AsyncIterable<ObjectInfo> {
  const folder = pathOf(prefixUri);
  for await (const path of walk(folder)) {
    const uri = joinUri(prefixUri, path);
    const stats = await fileWork(uri, () => statOrUndefined(join(folder, path)));
    if (stats) yield infoOf(uri, stats);
  }
}
