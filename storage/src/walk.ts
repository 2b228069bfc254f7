import { isUtf8 } from 'node:buffer';
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { isDraft } from './drafts';
import { errnoOf, isAbsent } from './fileErrors';
import type { ListProblem } from './objectStore';

/** A file below a folder, or an entry that cannot be read as one. */
export interface WalkedEntry {
  /** Path relative to the folder, in the file system's bytes. The path of a folder ends in `/`. */
  readonly path: Buffer;
  /** Stats of a file, or of the target of a link to a file. */
  readonly stats?: BigIntStats;
  readonly problem?: WalkProblem;
}

export interface WalkProblem extends ListProblem {
  /** The error of the file system, if any. */
  readonly cause?: unknown;
}

const nothing = Buffer.alloc(0);
const slash = Buffer.from('/');

/**
 * Walks all files below a folder in the order in which S3 lists keys; with `after`, those with a greater path. Links to
 * files count as files; links to folders are not followed. An unreadable entry is yielded with its reason, and the walk
 * continues. A folder that does not exist is empty.
 *
 * @throws errors of reading the folder itself
 */
export async function* walk(folder: string, after: Buffer = nothing): AsyncGenerator<WalkedEntry> {
  yield* walkBelow(Buffer.from(folder), nothing, after);
}

async function* walkBelow(root: Buffer, path: Buffer, after: Buffer): AsyncGenerator<WalkedEntry> {
  let entries: Entry[];
  try {
    entries = await entriesOf(Buffer.concat([root, slash, path]), path, after);
  } catch (error) {
    if (isAbsent(error)) return;
    if (path.length === 0 || isExhausted(error)) throw error;
    if (isBehind(path, after)) yield { path, problem: unreadable(error, 'its folder cannot be read') };
    return;
  }
  for (const { name, kind, stats, problem } of entries) {
    const below = Buffer.concat([path, name]);
    if (kind === 'folder') {
      // The content of a folder that sorts before `after` and does not contain it sorts before `after` too.
      if (isBehind(below, after) || startsWith(after, below)) yield* walkBelow(root, below, after);
    } else if (isBehind(below, after)) {
      const entry = problem ? { path: below, problem } : await fileEntry(root, below, stats);
      if (entry) yield entry;
    }
  }
}

interface Entry {
  /** The name of a folder, or of a link to one, ends in `/`, which takes part in the key order. */
  readonly name: Buffer;
  readonly kind: 'folder' | 'file';
  readonly stats?: BigIntStats;
  readonly problem?: WalkProblem;
}

/** Returns the entries of a folder in key order. Skips links that sort before `after`. */
async function entriesOf(folder: Buffer, path: Buffer, after: Buffer): Promise<Entry[]> {
  const found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  const wanted = found.filter(
    (entry) =>
      !isDraft(entry.name) && (entry.isDirectory() || isBehind(Buffer.concat([path, entry.name, slash]), after)),
  );
  const entries = await Promise.all(wanted.map((entry) => entryOf(folder, entry)));
  return entries.flatMap((entry) => entry ?? []).sort((one, other) => Buffer.compare(one.name, other.name));
}

/** Returns the entry of a name; undefined for a link that was removed after its folder was read. */
async function entryOf(folder: Buffer, entry: Dirent<Buffer>): Promise<Entry | undefined> {
  const { name } = entry;
  if (entry.isDirectory()) return { name: Buffer.concat([name, slash]), kind: 'folder' };
  if (entry.isFile()) return { name, kind: 'file' };
  if (!entry.isSymbolicLink()) return { name, kind: 'file', problem: notAFile };
  const link = Buffer.concat([folder, name]);
  try {
    const stats = await stat(link, { bigint: true });
    if (stats.isDirectory()) return { name: Buffer.concat([name, slash]), kind: 'file', problem: linkedFolder };
    return stats.isFile() ? { name, kind: 'file', stats } : { name, kind: 'file', problem: notAFile };
  } catch (error) {
    if (isExhausted(error)) throw error;
    const isGone = await lstat(link).then(
      () => false,
      () => true,
    );
    const problem = unreadable(error, 'it is a symbolic link whose target cannot be read');
    return isGone ? undefined : { name, kind: 'file', problem };
  }
}

/** Returns the entry of a file; undefined if it was removed after its folder was read. */
async function fileEntry(root: Buffer, path: Buffer, known?: BigIntStats): Promise<WalkedEntry | undefined> {
  if (!isUtf8(path)) return { path, problem: notUtf8 };
  if (known) return { path, stats: known };
  try {
    return { path, stats: await stat(Buffer.concat([root, slash, path]), { bigint: true }) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (isExhausted(error)) throw error;
    return { path, problem: unreadable(error, 'it cannot be read') };
  }
}

const notAFile: WalkProblem = {
  kind: 'notAFile',
  reason: 'it is a FIFO, a socket or a device, which is never opened: replace it with a regular file',
};
const linkedFolder: WalkProblem = {
  kind: 'notAFile',
  reason: 'it is a symbolic link to a folder, which is not followed: start a batch for the target folder',
};
const notUtf8: WalkProblem = { kind: 'unreadable', reason: 'its name is not valid UTF-8: rename it' };

function unreadable(cause: unknown, what: string): WalkProblem {
  const remedies: Readonly<Record<string, string>> = {
    EACCES: 'grant the worker access to it',
    EPERM: 'grant the worker access to it',
    ENOENT: 'fix the link, or remove it',
    ENOTDIR: 'fix the link, or remove it',
    ELOOP: 'fix the link, or remove it',
    ENAMETOOLONG: 'shorten its path',
  };
  const errno = errnoOf(cause) ?? String(cause);
  return { kind: 'unreadable', reason: `${what} (${errno}): ${remedies[errno] ?? 'check the file system'}`, cause };
}

/** Returns whether the process lacks a resource, so that the same read can succeed later. */
function isExhausted(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(errnoOf(error) ?? '');
}

const isBehind = (path: Buffer, after: Buffer): boolean => Buffer.compare(path, after) > 0;
const startsWith = (path: Buffer, start: Buffer): boolean => path.subarray(0, start.length).equals(start);
