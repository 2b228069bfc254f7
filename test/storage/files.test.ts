import { mkdtemp, readdir, readlink, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { mapFileErrors } from '@etl/storage/fileErrors';
import { createFileStore } from '@etl/storage/fileStore';
import { openStore } from '@etl/storage/openStore';

const store = createFileStore();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['EROFS', 'ReadOnly'],
  ['EACCES', 'AccessDenied'],
  ['EPERM', 'AccessDenied'],
  ['ENOSPC', 'NoSpace'],
  ['EDQUOT', 'NoSpace'],
  ['ENOENT', 'NotFound'],
  ['ENOTDIR', 'NotFound'],
  ['ENAMETOOLONG', 'NotFound'],
  ['ELOOP', 'NotFound'],
  ['EMFILE', 'Unavailable'],
  ['EIO', 'Unavailable'],
])('maps %s to %s, with the cause and the object', async (errno, code) => {
  const cause = Object.assign(new Error(errno), { code: errno });
  await expect(mapFileErrors('file:///a', () => Promise.reject(cause))).rejects.toMatchObject({
    code,
    uri: 'file:///a',
    cause,
  });
});

test('treats a path through a file as absent', async () => {
  await writeFile(join(folder, 'file'), '');
  const uri = fileUri(join(folder, 'file', 'below'));
  expect(await store.head(uri)).toBeUndefined();
  await expect(store.write(uri, 'x')).rejects.toMatchObject({ name: 'StorageError', uri });
});

test.each([
  ['an overlong name', 'x'.repeat(300)],
  ['a loop of links', 'loop'],
])('a destination below %s cannot be created', async (_what, name) => {
  await symlink('loop', join(folder, 'loop')).catch(() => undefined);
  const uri = fileUri(join(folder, name, 'part'));
  await expect(store.write(uri, 'x')).rejects.toMatchObject({ code: 'ReadOnly', uri });
});

/** Reads a file to its end, and changes it after the first piece. */
async function readWhile(path: string, change: () => Promise<void>, pinned: boolean): Promise<void> {
  await writeFile(path, Buffer.alloc(8 * 1024 * 1024, 1));
  const ifMatch = (await store.head(fileUri(path)))?.fingerprint ?? '';
  let changed = false;
  for await (const _piece of await store.openRead(fileUri(path), pinned ? { ifMatch } : {})) {
    if (!changed) await change();
    changed = true;
  }
}

test.each([true, false])(
  'a file that shrinks while it is read is an error, never an early end (pinned: %s)',
  async (pinned) => {
    const path = join(folder, 'shrinking.csv');
    await expect(readWhile(path, () => truncate(path, 1000), pinned)).rejects.toMatchObject({ code: 'SourceChanged' });
  },
);

test('fails when a file grows during the read', async () => {
  const path = join(folder, 'growing.csv');
  const grow = () => writeFile(path, 'x', { flag: 'a' });
  await expect(readWhile(path, grow, true)).rejects.toMatchObject({ code: 'SourceChanged' });
});

test('a copy is a hard link', async () => {
  const [from, to] = [join(folder, 'part'), join(folder, 'published', 'part')];
  await store.write(fileUri(from), 'content');
  await store.copy(fileUri(from), fileUri(to));
  expect((await stat(to)).ino).toBe((await stat(from)).ino);
});

test('an abandoned read closes its file', async () => {
  const path = join(folder, 'abandoned');
  await writeFile(path, Buffer.alloc(4 * 1024 * 1024));
  const stream = await store.openRead(fileUri(path));
  // Not events.once: stopping the read emits an AbortError, which is expected here.
  const closed = new Promise((resolve) => stream.once('close', resolve));
  for await (const _piece of stream) break;
  await closed;
  const opened = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  expect(opened).not.toContain(path);
});

test('openStore opens S3 only for an s3:// URI, and copies only within one kind', async () => {
  let opened = 0;
  const routed = openStore(store, () => {
    opened++;
    return store;
  });
  await routed.write(fileUri(join(folder, 'routed')), 'x');
  expect(opened).toBe(0);
  const other = openStore(store, () => ({ ...store }));
  await expect(other.copy(fileUri(join(folder, 'routed')), 's3://lake/x')).rejects.toMatchObject({ code: 'NotFound' });
});
