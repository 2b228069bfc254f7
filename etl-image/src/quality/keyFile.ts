import { appendFile, open, rm } from 'node:fs/promises';
import { mapFileErrors } from '@etl/storage/fileErrors';
import { KeySet, keyBytes, type Repeats, runKeys } from './keyRuns';
import { hashWords, keyWords } from './writtenRows';

/** The runs of a file, and the rows that they leave out because an earlier row of the run has their key. */
export interface StoredRuns extends Repeats {
  readonly bytes: number;
  /** Number of keys of each run. */
  readonly runs: readonly number[];
}

/** The keys of a chunk's rows, in a file of the scratch folder. */
export class KeyFile {
  private rows = 0;

  constructor(private readonly path: string) {}

  private get sortedPath(): string {
    return `${this.path}.sorted`;
  }

  /** Appends the keys of a group that starts in `line`. */
  async add(keys: Uint32Array<ArrayBuffer>, line: number): Promise<void> {
    if (keys.length === 0) return;
    for (let at = hashWords; at < keys.length; at += keyWords) keys[at] = (keys[at] ?? 0) + line;
    this.rows += keys.length / keyWords;
    await mapFileErrors(this.path, () => appendFile(this.path, new Uint8Array(keys.buffer, 0, keys.length * 4)));
  }

  /** Writes the different keys in runs, and passes the file to `put`. */
  async store<Stored>(put: (path: string) => Promise<Stored>): Promise<StoredRuns & { stored: Stored }> {
    const set = new KeySet();
    let bytes = 0;
    const runs: number[] = [];
    await mapFileErrors(this.path, async () => {
      const [from, to] = [await open(this.path, 'a+'), await open(this.sortedPath, 'w')];
      try {
        for (let done = 0; done < this.rows; done += runKeys) {
          const rows = Math.min(runKeys, this.rows - done);
          const run = await readKeys(from, done, rows);
          set.open(run, rows);
          for (let row = 0; row < rows; row++) set.add(row * keyWords);
          const sorted = set.sorted();
          await to.appendFile(new Uint8Array(sorted.buffer));
          bytes += sorted.byteLength;
          runs.push(sorted.length / keyWords);
        }
      } finally {
        await from.close();
        await to.close();
      }
    });
    return { stored: await put(this.sortedPath), bytes, runs, ...set.repeats() };
  }

  async remove(): Promise<void> {
    for (const path of [this.path, this.sortedPath]) await rm(path, { force: true });
  }
}

async function readKeys(
  file: Awaited<ReturnType<typeof open>>,
  first: number,
  rows: number,
): Promise<Uint32Array<ArrayBuffer>> {
  const bytes = new Uint8Array(rows * keyBytes);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, first * keyBytes);
  if (bytesRead !== bytes.length) throw new Error(`a file of keys has ${bytesRead} bytes instead of ${bytes.length}`);
  return new Uint32Array(bytes.buffer);
}
