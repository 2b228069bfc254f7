import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { EngineName } from '@etl/image/config/engineNames';
import { performDelivery } from '@etl/image/perform';
import { layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { resourcesFor } from '../../etl-image/src/config/resources';
import { createByteStore } from './byteStore';
import { memoryFolder } from './memoryFolder';
import { type Row, readParquet } from './parquet';

jest.mock('@etl/image/engine/kernel/threads', () => jest.requireActual('./inlineThreads'));

export interface Delivered {
  readonly manifest: Manifest;
  /** Paths of copies of the published parts. */
  readonly parts: readonly string[];
  /** Returns the text of a file beside the parts, by its location in the manifest: rejects, coercions. */
  readonly recorded: (location: string) => Promise<string>;
}

export interface Conversion extends Delivered {
  readonly rows: readonly Row[];
}

export interface ConversionRequest {
  readonly options?: Options;
  readonly chunkRows?: number;
  readonly engine?: EngineName;
  readonly threads?: number;
}

/**
 * Converts many files quickly in this process, as the container does apart from its environment and exit codes.
 * Uses the main thread where one thread is enough, and a store in memory.
 */
export class Converter {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<Converter> {
    return new Converter(await mkdtemp(join(memoryFolder(), 'etl-convert-')));
  }
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Rethrows errors of the conversion. Each conversion has a separate store, and its parts are kept until the end. */
  async deliver(csv: Buffer | string, request: ConversionRequest = {}): Promise<Delivered> {
    const name = randomUUID();
    const { options = { rejects: { maxShare: 1 }, quality: { rowCount: { min: 0 } } }, engine = 'kernel' } = request;
    const batch = { batchDate: '2026-02-08', dataset: name, source: name };
    const env = {
      ...{ ...batch, options, engine, generation: 1, runId: name, scratchDir: undefined, timeoutSeconds: 600 },
      s3TimeoutSeconds: undefined,
      inputUri: `s3://raw/${name}.csv`,
      destination: 's3://lake/converted',
      runStartedAt: new Date().toISOString(),
      chunkRows: request.chunkRows ?? 500_000,
    };
    const store = createByteStore();
    await store.write(env.inputUri, csv);
    const scratch = join(this.folder, name);
    await mkdir(scratch);
    const { manifest } = await performDelivery({
      ...{ env, scratch, store, log: () => undefined, signal: new AbortController().signal },
      resources: resourcesFor(4096, request.threads ?? 1),
    });
    const { published, internal } = layout(env.destination, batch);
    const read = async (uri: string) => (await store.readSmall(uri)) ?? fail(uri);
    const parts: string[] = [];
    for await (const { uri } of store.list(published)) {
      if (!uri.endsWith('.parquet')) continue;
      const path = join(scratch, basename(uri));
      await writeFile(path, await read(uri));
      parts.push(path);
    }
    return { manifest, parts, recorded: async (location) => String(await read(`${internal}/${location}`)) };
  }

  /** Converts and reads what was published. */
  async convert(csv: Buffer | string, request: ConversionRequest = {}): Promise<Conversion> {
    const delivered = await this.deliver(csv, request);
    return { ...delivered, rows: (await Promise.all(delivered.parts.map((path) => readParquet(path)))).flat() };
  }
}

function fail(uri: string): never {
  throw new Error(`${uri} was not stored`);
}
