import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type BatchLayout, checkpointName, partName, rejectsName } from '@etl/pipeline/layout';
import type { Part, SchemaColumn, SourceIdentity } from '@etl/pipeline/manifest';
import { joinUri } from '@etl/pipeline/uri';
import type { ObjectStore } from '@etl/storage/objectStore';

/** What a later generation needs in order to take finished parts over. */
export interface Checkpoint {
  readonly source: SourceIdentity;
  readonly optionsHash: string;
  readonly program: string;
  readonly schema: readonly SchemaColumn[];
  readonly parts: readonly Part[];
}

/** The folder that this launch alone writes in. */
export class WorkFolder {
  private readonly relative: string;
  private readonly uri: string;

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

  /** Uploads the part of chunk `number` and returns what the manifest says of it. */
  async addPart(number: number, localPath: string, rows: number): Promise<Part> {
    const file = partName(number);
    const hash = createHash('sha256');
    await pipeline(createReadStream(localPath, { highWaterMark: 1 << 20 }), hash);
    const { size } = await stat(localPath);
    await this.store.upload(localPath, this.at(file));
    return { file, rows, bytes: size, sha256: hash.digest('hex'), location: `${this.relative}/${file}` };
  }

  async checkpoint(checkpoint: Checkpoint): Promise<void> {
    await this.store.write(this.at(checkpointName), `${JSON.stringify(checkpoint)}\n`);
  }

  /** Uploads the rejects and returns where they lie, relative to the batch's internal folder. */
  async addRejects(localPath: string): Promise<string> {
    await this.store.upload(localPath, this.at(rejectsName));
    return `${this.relative}/${rejectsName}`;
  }
}
