import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, checkpointName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { Checkpoint } from './checkpoint';
import type { ChunkStore, Pass } from './chunkDraft';

/** The folder that only this launch writes to. */
export class WorkFolder implements ChunkStore {
  private readonly relative: string;
  readonly uri: string;

  constructor(
    private readonly store: ObjectStore,
    place: BatchLayout,
    run: { runId: string; generation: number },
  ) {
    this.uri = place.work(run.runId, run.generation);
    this.relative = this.uri.slice(place.internal.length + 1);
  }

  at(name: string): string {
    return joinUri(this.uri, name);
  }

  /** Uploads a part and returns its entry of the manifest. */
  async addPart(pass: Pass, file: string, localPath: string, rows: number): Promise<Part> {
    const hash = createHash('sha256');
    const { size } = await stat(localPath);
    // Without this limit, a stream allocates as much memory for a small file as for a large one.
    await pipeline(createReadStream(localPath, { highWaterMark: Math.min(size, 1 << 20) }), hash);
    const location = await this.put(pass, file, localPath);
    return { file, rows, bytes: size, sha256: hash.digest('hex'), location };
  }

  /** Uploads rejects, coercions or keys and returns their path, relative to the batch's internal folder. */
  addFile(pass: Pass, file: string, localPath: string): Promise<string> {
    return this.put(pass, file, localPath);
  }

  /** Separates the passes: a checkpoint refers to files of the first pass until the second one is complete. */
  private async put(pass: Pass, file: string, localPath: string): Promise<string> {
    const name = pass === 'first' ? file : `again/${file}`;
    await this.store.upload(localPath, this.at(name));
    return `${this.relative}/${name}`;
  }

  checkpoint(checkpoint: Checkpoint): Promise<void> {
    return this.writeJson(checkpointName, checkpoint);
  }

  async writeJson(name: string, content: unknown): Promise<void> {
    await this.store.write(this.at(name), `${JSON.stringify(content)}\n`);
  }
}
