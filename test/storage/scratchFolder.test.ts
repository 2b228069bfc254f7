import { existsSync } from 'node:fs';
import { lchown, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastTouched, makeScratchFolder, removeAbandoned, removeScratchFolder } from '@etl/storage/scratchFolder';
import { memoryFolder } from '../support/memoryFolder';

const isLinux = process.platform === 'linux';
let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(memoryFolder(), 'etl-parent-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Renames our folder to one of another owner: `space-pid-startTime`. */
async function ownedBy(change: (owner: { space: string; pid: string; startTime: string }) => string): Promise<string> {
  const own = await makeScratchFolder(parent);
  await writeFile(join(own, 'part'), 'x');
  const [etl, purpose, space = '', pid = '', startTime = '', random] = own.slice(parent.length + 1).split('-');
  const folder = join(parent, [etl, purpose, change({ space, pid, startTime }), random].join('-'));
  await rename(own, folder);
  return folder;
}

test('creates a folder that only its owner can access', async () => {
  const folder = await makeScratchFolder(parent, 'compare');
  expect(folder).toMatch(/\/etl-compare-/);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

(isLinux ? describe : describe.skip)('folders of other processes', () => {
  // Process IDs above the kernel's limit never exist.
  const gone = 4_194_305;

  test('removes folders of ended processes, for any purpose, when a new one is created', async () => {
    const folder = await ownedBy(({ space, startTime }) => `${space}-${gone}-${startTime}`);
    const compared = folder.replace('-scratch-', '-compare-');
    await mkdir(compared);
    const next = await makeScratchFolder(parent);
    expect(await readdir(parent)).toEqual([next.slice(parent.length + 1)]);
  });

  test('removes a folder whose process ID was reused', async () => {
    const folder = await ownedBy(({ space, pid }) => `${space}-${pid}-1`);
    await removeAbandoned(parent);
    expect(existsSync(folder)).toBe(false);
  });

  test.each<[string, Parameters<typeof ownedBy>[0]]>([
    ['a running process', ({ space, pid, startTime }) => `${space}-${pid}-${startTime}`],
    ['another PID namespace, boot or machine', ({ startTime }) => `0123456789ab-${gone}-${startTime}`],
    ['an unknown owner', () => 'unknown'],
  ])('keeps the folder of %s', async (_what, change) => {
    const folder = await ownedBy(change);
    await removeAbandoned(parent);
    expect(existsSync(join(folder, 'part'))).toBe(true);
  });

  test('keeps the folder of another user, and does not follow a link of that name', async () => {
    const folder = await ownedBy(({ space, startTime }) => `${space}-${gone}-${startTime}`);
    const target = join(parent, 'target');
    await mkdir(target);
    await writeFile(join(target, 'data'), 'x');
    const link = folder.slice(0, -6).concat('abcdef');
    await symlink(target, link);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await lchown(folder, 65_534, 65_534);
    await removeAbandoned(parent);
    expect(existsSync(folder)).toBe(isRoot);
    expect(existsSync(link)).toBe(true);
    expect(await readdir(target)).toEqual(['data']);
  });

  test('returns the time of the newest folder of this PID namespace', async () => {
    expect(await lastTouched(parent)).toBeUndefined();
    await ownedBy(({ pid, startTime }) => `0123456789ab-${pid}-${startTime}`);
    expect(await lastTouched(parent)).toBeUndefined();
    const folder = await makeScratchFolder(parent);
    expect(await lastTouched(parent)).toBe((await stat(folder)).mtimeMs);
  });
});

test('ignores a folder that cannot be removed or does not exist', async () => {
  await removeScratchFolder(join(parent, 'none'));
  await removeScratchFolder('/proc/self/fd');
  await removeAbandoned(join(parent, 'none'));
});
