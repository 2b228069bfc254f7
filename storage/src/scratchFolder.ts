import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processSpace, startTimeOf } from '@etl/lib/processStart';

/**
 * Creates a folder for temporary files of this process, with mode 0700. First removes the folders of killed processes
 * in `parent`. The name identifies the owner, so that the folder has an owner from its creation.
 */
export async function makeScratchFolder(parent: string, purpose = 'scratch'): Promise<string> {
  await removeAbandoned(parent);
  const space = spaceHash();
  const owner = space === undefined ? unknownOwner : `${space}-${process.pid}-${startTimeOf(process.pid)}`;
  return mkdtemp(join(parent, `etl-${purpose}-${owner}-`));
}

/** Owner on systems without a scope of process IDs. Its folders never count as abandoned. */
const unknownOwner = 'unknown';

const ownedName = /^etl-[a-z]+-(?<space>[0-9a-f]{12})-(?<pid>\d+)-(?<startTime>\d+)-[A-Za-z0-9]{6}$/;

/**
 * Removes this user's scratch folders whose process has ended. Keeps folders of another kernel, an earlier boot or
 * another PID namespace, whose process IDs have no meaning here. Best effort.
 */
export async function removeAbandoned(parent: string): Promise<void> {
  for (const folder of await ownFolders(parent)) {
    if (isAbandoned(folder.name)) await removeScratchFolder(folder.path);
  }
}

/** Removes a scratch folder. Best effort: a failure does not fail the task. */
export async function removeScratchFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/**
 * Returns when the newest scratch folder of this user and PID namespace was last touched, in ms since 1970; undefined
 * without folders.
 */
export async function lastTouched(parent: string): Promise<number | undefined> {
  const prefix = `etl-scratch-${spaceHash() ?? unknownOwner}`;
  const times = (await ownFolders(parent)).flatMap(({ name, touchedMs }) => (name.startsWith(prefix) ? touchedMs : []));
  return times.length > 0 ? Math.max(...times) : undefined;
}

async function ownFolders(parent: string) {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith('etl-'));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name);
      // Does not follow links, which another user may have created.
      const info = await lstat(path).catch(() => undefined);
      if (!info?.isDirectory() || info.uid !== process.getuid?.()) return [];
      return [{ name, path, touchedMs: info.mtimeMs }];
    }),
  );
  return found.flat();
}

function isAbandoned(name: string): boolean {
  const { space, pid, startTime } = ownedName.exec(name)?.groups ?? {};
  return space !== undefined && space === spaceHash() && startTimeOf(Number(pid)) !== startTime;
}

function spaceHash(): string | undefined {
  const space = processSpace();
  return space && createHash('sha256').update(space).digest('hex').slice(0, 12);
}
