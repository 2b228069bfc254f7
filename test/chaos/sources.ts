import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSalesSample } from '../../local/samples/ventas';
import { Bench } from '../support/container';

/** A file, and the parts that it becomes: the same bytes, however often and by whom it is converted. */
export interface Source {
  readonly path: string;
  /** Hash by the part's name; none for a file that cannot be loaded. */
  readonly parts: ReadonlyMap<string, string> | undefined;
}

export const chunkRows = 200;

export async function makeSources(folder: string): Promise<Source[]> {
  const good = await Promise.all([150, 700, 1500, 4000].map((rows) => salesSource(folder, rows)));
  const bad = join(folder, 'bad.csv');
  // Good as far as validation looks, so that it is the container that finds it.
  await writeFile(bad, `a,b\n${`1,${'x'.repeat(1000)}\n`.repeat(300)}${'1,2,3\n'.repeat(50)}`);
  return [...good, { path: bad, parts: undefined }];
}

async function salesSource(folder: string, rows: number): Promise<Source> {
  const path = join(folder, `sales_${rows}.csv`);
  await writeSalesSample(path, rows);
  const bench = await Bench.create();
  try {
    const { exitCode, last } = await bench.run(path, { CHUNK_ROWS: String(chunkRows) });
    if (exitCode !== 0 || !last.manifest) throw new Error(`the reference of ${path} could not be made`);
    return { path, parts: new Map(last.manifest.parts.map(({ file, sha256 }) => [file, sha256])) };
  } finally {
    await bench.remove();
  }
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
