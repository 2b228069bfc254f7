import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFingerprint } from '@etl/storage/fileRead';
import { writeSalesSample } from '../../local/samples/ventas';
import { Bench } from '../support/container';

/** Hashes by part name: conversions of the same content always produce the same bytes. */
export type Parts = ReadonlyMap<string, string>;

/** A file, and the expected parts of each content that a run may find there. */
export interface Source {
  readonly path: string;
  /** By fingerprint; undefined for a content that cannot be converted. */
  readonly contents: ReadonlyMap<string, Parts | undefined>;
}

export const chunkRows = 200;

export interface Sources {
  readonly good: readonly Source[];
  /** Passes validation, so that only the container detects the bad data. */
  readonly bad: Source;
}

export async function makeSources(folder: string): Promise<Sources> {
  const good = await Promise.all([150, 700, 1500, 4000].map((rows) => salesSource(folder, rows)));
  const path = join(folder, 'bad.csv');
  await writeFile(path, `a,b\n${`1,${'x'.repeat(1000)}\n`.repeat(300)}${'1,2,3\n'.repeat(50)}`);
  return { good, bad: await sourceOf(path, undefined) };
}

/** Creates a separate copy of `first`, and returns a function that replaces it with a copy of `second`. */
export async function replaceable(path: string, first: Source, second: Source) {
  const next = `${path}.next`;
  await Promise.all([copyFile(first.path, path), copyFile(second.path, next)]);
  const [one, other] = [await sourceOf(path, onlyParts(first)), await sourceOf(next, onlyParts(second))];
  const source: Source = { path, contents: new Map([...one.contents, ...other.contents]) };
  return { source, replace: () => rename(next, path) };
}

async function salesSource(folder: string, rows: number): Promise<Source> {
  const path = join(folder, `sales_${rows}.csv`);
  await writeSalesSample(path, rows);
  const bench = await Bench.create();
  try {
    const { exitCode, last } = await bench.run(path, { CHUNK_ROWS: String(chunkRows) });
    if (exitCode !== 0 || !last.manifest) throw new Error(`the reference of ${path} could not be made`);
    return sourceOf(path, new Map(last.manifest.parts.map(({ file, sha256 }) => [file, sha256])));
  } finally {
    await bench.remove();
  }
}

async function sourceOf(path: string, parts: Parts | undefined): Promise<Source> {
  return { path, contents: new Map([[fileFingerprint(await stat(path, { bigint: true })), parts]]) };
}

const onlyParts = ({ contents }: Source): Parts | undefined => [...contents.values()][0];

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
