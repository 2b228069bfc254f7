import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { joinUri } from '@etl/lib/uri';
import { onEveryStore } from './support/places';

async function bytesOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

onEveryStore((open) => {
  test('treats a missing object as absent, and fails to read or copy it', async () => {
    const { store, fresh } = open();
    const uri = joinUri(fresh(), 'nothing');
    expect(await store.head(uri)).toBeUndefined();
    expect(await store.readSmall(uri)).toBeUndefined();
    await expect(store.openRead(uri)).rejects.toMatchObject({ code: 'NotFound', uri });
    await expect(store.copy(uri, joinUri(fresh(), 'copy'))).rejects.toMatchObject({ code: 'NotFound', uri });
    await store.remove(uri);
  });

  test('a folder is not an object', async () => {
    const { store, fresh } = open();
    const folder = fresh();
    await store.write(joinUri(folder, 'a'), 'x');
    expect(await store.head(folder)).toBeUndefined();
    expect(await store.readSmall(folder)).toBeUndefined();
    await expect(store.openRead(folder)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('writes, replaces and removes; the fingerprint follows the content', async () => {
    const { store, fresh } = open();
    const uri = joinUri(fresh(), 'año 2026', 'a+b=c.txt');
    await store.write(uri, 'one');
    const first = await store.head(uri);
    await store.write(uri, 'other');
    const second = await store.head(uri);
    expect(second).toMatchObject({ uri, bytes: 5 });
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
    expect((await store.head(uri))?.fingerprint).toBe(second?.fingerprint);
    expect((await store.readSmall(uri))?.toString()).toBe('other');
    await store.remove(uri);
    expect(await store.head(uri)).toBeUndefined();
  });

  test('of many concurrent writeIfAbsent calls, exactly one succeeds and its bytes are stored', async () => {
    const { store, fresh } = open();
    for (let round = 0; round < 10; round++) {
      const uri = joinUri(fresh(), 'entry.json');
      const won = await Promise.all(Array.from({ length: 8 }, (_, i) => store.writeIfAbsent(uri, `writer ${i}`)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.readSmall(uri))?.toString()).toBe(`writer ${won.indexOf(true)}`);
    }
  });

  test('reads ranges, also at and beyond the end', async () => {
    const { store, fresh } = open();
    const uri = joinUri(fresh(), 'digits');
    await store.write(uri, '0123456789');
    const read = async (start?: number, end?: number) =>
      (
        await bytesOf(
          await store.openRead(uri, { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }),
        )
      ).toString();
    expect(await read()).toBe('0123456789');
    expect(await read(3)).toBe('3456789');
    expect(await read(3, 5)).toBe('34');
    expect(await read(8, 100)).toBe('89');
    expect(await read(4, 4)).toBe('');
    expect(await read(10)).toBe('');
    expect(await read(12, 20)).toBe('');
    const empty = joinUri(fresh(), 'empty');
    await store.write(empty, '');
    expect(await bytesOf(await store.openRead(empty))).toHaveLength(0);
  });

  test('a read returns the requested version or fails', async () => {
    const { store, fresh } = open();
    const uri = joinUri(fresh(), 'source.csv');
    await store.write(uri, 'first');
    const ifMatch = (await store.head(uri))?.fingerprint ?? '';
    expect((await bytesOf(await store.openRead(uri, { ifMatch }))).toString()).toBe('first');
    await store.write(uri, 'third');
    await expect(store.openRead(uri, { ifMatch })).rejects.toMatchObject({ code: 'SourceChanged', uri });
  });

  test('copies over an existing object and over itself', async () => {
    const { store, fresh } = open();
    const [from, to] = [joinUri(fresh(), 'a b', 'from'), joinUri(fresh(), 'c', 'to')];
    await store.write(from, 'content');
    await store.write(to, 'old');
    await store.copy(from, to);
    await store.copy(from, to);
    expect((await store.readSmall(to))?.toString()).toBe('content');
    await store.write(from, 'changed');
    expect((await store.readSmall(to))?.toString()).toBe('content');
    const names: string[] = [];
    for await (const { uri } of store.list(to.slice(0, to.lastIndexOf('/')))) names.push(uri);
    expect(names).toEqual([to]);
  });

  test('uploads a file of many parts, and an empty one', async () => {
    const { store, fresh } = open();
    const folder = await mkdtemp(join(tmpdir(), 'etl-upload-'));
    try {
      const big = Buffer.alloc(20 * 1024 * 1024, 'abcdefg');
      await writeFile(join(folder, 'big'), big);
      await writeFile(join(folder, 'empty'), '');
      const prefix = fresh();
      await store.upload(join(folder, 'big'), joinUri(prefix, 'big'));
      await store.upload(join(folder, 'empty'), joinUri(prefix, 'empty'));
      expect((await bytesOf(await store.openRead(joinUri(prefix, 'big')))).equals(big)).toBe(true);
      expect(await store.head(joinUri(prefix, 'empty'))).toMatchObject({ bytes: 0 });
      const missing = joinUri(prefix, 'missing');
      await expect(store.upload(join(folder, 'missing'), missing)).rejects.toMatchObject({ code: 'NotFound' });
      expect(await store.head(missing)).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('lists below a folder in key order, without its siblings', async () => {
    const { store, fresh } = open();
    const base = fresh();
    const prefix = joinUri(base, 'p');
    // '-' sorts before '/', and 'é' after every ASCII letter.
    const keys = ['a-b', 'a/b', 'a/c/d', 'a0', 'z', 'é'];
    for (const key of [...keys].reverse()) await store.write(joinUri(prefix, ...key.split('/')), key);
    await store.write(joinUri(base, 'p2', 'x'), 'neighbour');
    const listed: [string, number][] = [];
    for await (const { uri, bytes } of store.list(prefix)) listed.push([uri, bytes]);
    expect(listed).toEqual(keys.map((key) => [joinUri(prefix, ...key.split('/')), Buffer.byteLength(key)]));
    for await (const { uri } of store.list(joinUri(base, 'nowhere'))) throw new Error(`listed ${uri}`);
  });

  test('lists the objects after a key, whether it exists or not', async () => {
    const { store, fresh } = open();
    const prefix = fresh();
    const uri = (key: string) => joinUri(prefix, ...key.split('/'));
    const keys = ['a-b', 'a/b', 'a/c/d', 'a/c/e', 'a0', 'z', 'é'];
    for (const key of keys) await store.write(uri(key), key);
    const behind = async (after: string) => {
      const listed: string[] = [];
      for await (const object of store.list(prefix, { after: uri(after) })) listed.push(object.uri);
      return listed;
    };
    for (const [index, key] of keys.entries()) expect(await behind(key)).toEqual(keys.slice(index + 1).map(uri));
    expect(await behind('a')).toEqual(keys.map(uri));
    expect(await behind('a/c')).toEqual(keys.slice(2).map(uri));
    expect(await behind('a/c/da')).toEqual(keys.slice(3).map(uri));
    expect(await behind('y/y')).toEqual(keys.slice(5).map(uri));
  });

  test('a listing of several pages starts after a key', async () => {
    const { store, fresh } = open();
    const prefix = fresh();
    const names = Array.from({ length: 50 }, (_, index) => String(index).padStart(4, '0'));
    await Promise.all(names.map((name) => store.write(joinUri(prefix, name), name)));
    const listed: string[] = [];
    for await (const { uri } of store.list(prefix, { after: joinUri(prefix, '0003') })) listed.push(uri);
    expect(listed).toEqual(names.slice(4).map((name) => joinUri(prefix, name)));
  });

  test('a listing agrees with head', async () => {
    const { store, fresh } = open();
    const prefix = fresh();
    await store.write(joinUri(prefix, 'a'), 'x');
    for await (const info of store.list(prefix)) {
      const head = await store.head(info.uri);
      expect(head?.fingerprint).toBe(info.fingerprint);
      expect(Math.abs(info.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
    }
  });
});
