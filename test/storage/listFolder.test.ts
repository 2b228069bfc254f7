import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { createFileStore } from '@etl/storage/fileStore';
import type { ListOptions } from '@etl/storage/objectStore';
import { oddFiles, unreadableFolder } from '../support/oddFiles';

const folder = mkdtempSync(join(tmpdir(), 'etl-odd-'));
const prefix = fileUri(folder);
const store = createFileStore();
let clean = (): void => undefined;
beforeAll(() => {
  oddFiles(folder);
  clean = unreadableFolder(folder, 'shut');
});
afterAll(() => {
  clean();
  rmSync(folder, { recursive: true });
});

async function listed(options: ListOptions = {}): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { uri, problem } of store.list(prefix, options)) {
    const path = uri.slice(prefix.length + 1).replace(/x{200}\/.*/, '…');
    found.push([path, problem ? `${problem.kind}: ${problem.reason}` : 'file']);
  }
  return found;
}

const expected = [
  ['a%F1o/in.csv', 'unreadable: its name is not valid UTF-8: rename it'],
  ['caf%E9.csv', 'unreadable: its name is not valid UTF-8: rename it'],
  ['caf%EF%BF%BD.csv', 'file'],
  ['dangling.csv', expect.stringMatching(/^unreadable: .* link whose target cannot be read \(ENOENT\): fix the link/)],
  ['link.csv', 'file'],
  [
    'linked/',
    expect.stringMatching(/^notAFile: it is a symbolic link to a folder, which is not followed: start a batch/),
  ],
  ['loop.csv', expect.stringMatching(/^unreadable: .*\(ELOOP\): fix the link/)],
  ['pipe.csv', expect.stringMatching(/^notAFile: it is a FIFO, a socket or a device/)],
  ['plain.csv', 'file'],
  ['real/inside.csv', 'file'],
  ['real/up/', expect.stringMatching(/^notAFile: it is a symbolic link to a folder/)],
  ['shut/…', expect.stringMatching(/^unreadable: its folder cannot be read \(ENAMETOOLONG\): shorten its path$/)],
].sort(([one = ''], [other = '']) => Buffer.compare(bytes(one), bytes(other)));

/** Listings are in byte order, unlike the escaped names. */
function bytes(path: unknown): Buffer {
  return Buffer.from(
    String(path).replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

test('lists every entry of a folder, with its problem', async () => {
  expect(await listed({ problems: true })).toEqual(expected);
});

test('a listing that resumes after any entry loses and repeats none', async () => {
  const all: string[] = [];
  for await (const { uri } of store.list(prefix, { problems: true })) all.push(uri);
  for (const [index, after] of all.entries()) {
    const rest: string[] = [];
    for await (const { uri } of store.list(prefix, { problems: true, after })) rest.push(uri);
    expect(rest).toEqual(all.slice(index + 1));
  }
});

test('a linked file has the content and fingerprint of its target', async () => {
  const [link, target] = await Promise.all(['link.csv', 'plain.csv'].map((name) => store.head(`${prefix}/${name}`)));
  expect(link?.fingerprint).toBe(target?.fingerprint);
});

test('without `problems`, an unreadable folder fails the listing', async () => {
  await expect(listed()).rejects.toMatchObject({ name: 'StorageError' });
});
