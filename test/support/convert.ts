import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from '@etl/image/config/engineNames';
import { performDelivery } from '@etl/image/perform';
import { fileUri } from '@etl/lib/fileUri';
import { parseUri } from '@etl/lib/uri';
import { layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { openStore } from '@etl/storage/openStore';
import { resourcesFor } from '../../etl-image/src/config/resources';
import { memoryFolder } from './memoryFolder';
import { partsOf, type Row, readParquet } from './parquet';

jest.mock('@etl/image/engine/kernel/threads', () => jest.requireActual('./inlineThreads'));

export interface Delivered {
  readonly manifest: Manifest;
  /** Paths of the published parts. */
  readonly parts: readonly string[];
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
 * Uses the main thread where one thread is enough.
 */
export class Converter {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Converter> {
    return new Converter(await mkdtemp(join(memoryFolder(), 'etl-convert-')));
  }
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Rethrows errors of the conversion. Each conversion has a separate destination, which is kept until the end. */
  async deliver(csv: Buffer | string, request: ConversionRequest = {}): Promise<Delivered> {
    const name = randomUUID();
    const path = join(this.folder, `${name}.csv`);
    await writeFile(path, csv);
    const { options = { rejects: { maxShare: 1 }, quality: { rowCount: { min: 0 } } }, engine = 'kernel' } = request;
    // A separate dataset, too: a schema is compared with earlier schemas of its dataset.
    const batch = { batchDate: '2026-02-08', dataset: name, source: name };
    const env = {
      ...{ ...batch, options, engine, generation: 1, runId: name, scratchDir: undefined, timeoutSeconds: 600 },
      s3TimeoutSeconds: undefined,
      inputUri: fileUri(path),
      destination: fileUri(this.folder),
      runStartedAt: new Date().toISOString(),
      chunkRows: request.chunkRows ?? 500_000,
    };
    const scratch = await mkdtemp(join(this.folder, 'scratch-'));
    const delivery = await performDelivery({
      ...{ env, scratch, store: openStore(), log: () => undefined, signal: new AbortController().signal },
      resources: resourcesFor(4096, request.threads ?? 1),
    });
    const published = parseUri(layout(env.destination, batch).published);
    const parts = await partsOf(published?.kind === 'file' ? published.path : '');
    return { manifest: delivery.manifest, parts };
  }

  /** Converts and reads what was published. */
  async convert(csv: Buffer | string, request: ConversionRequest = {}): Promise<Conversion> {
    const delivered = await this.deliver(csv, request);
    return { ...delivered, rows: (await Promise.all(delivered.parts.map(readParquet))).flat() };
  }
}
