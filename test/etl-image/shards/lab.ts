import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent } from '@etl/image/report/log';
import { fileUri } from '@etl/lib/fileUri';
import { parseUri } from '@etl/lib/uri';
import { type ContainerMode, containerEnvironment } from '@etl/pipeline/container';
import { indexName, layout, reconcileName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { parseEnvironment } from '../../../etl-image/src/config/environment';
import { failureOf } from '../../../etl-image/src/config/failures';
import { resourcesFor } from '../../../etl-image/src/config/resources';
import { perform } from '../../../etl-image/src/perform';
import { createByteStore } from '../../support/byteStore';
import { memoryFolder } from '../../support/memoryFolder';

jest.mock('@etl/image/engine/kernel/threads', () => jest.requireActual('../../support/inlineThreads'));

/** No limits, so that all results can be compared. */
export const lenient: Options = { rejects: { maxShare: 1 }, quality: { rowCount: { min: 0 } } };

export interface Launched {
  readonly exitCode: number;
  readonly cause: string;
  readonly runId: string;
  readonly log: readonly LogEvent[];
  readonly manifest: Manifest | undefined;
}

export interface Launch {
  readonly mode?: ContainerMode;
  readonly runId?: string;
  readonly generation?: number;
}

let hour = 0;

/**
 * One file and its destination, with launches of the container's work in this process, like those of an orchestrator.
 */
export class Lab {
  readonly runId = randomUUID();
  /** Later than the start of any other lab. */
  readonly runStartedAt = new Date(Date.parse('2026-02-08T00:00:00Z') + 3_600_000 * hour++).toISOString();
  private generation = 0;

  private constructor(
    private readonly folder: string,
    private readonly store: ObjectStore,
    private readonly inputUri: string,
    private readonly destination: string,
    private readonly chunkRows: number,
    private readonly options: Options,
  ) {}

  static async create(csv: Buffer | string, chunkRows: number, options: Options = lenient): Promise<Lab> {
    const folder = await mkdtemp(join(memoryFolder(), 'etl-shards-'));
    const path = join(folder, 'in.csv');
    await writeFile(path, csv);
    return new Lab(folder, openStore(), fileUri(path), fileUri(folder), chunkRows, options);
  }
  /** Creates a lab whose store is in memory: cheaper, for suites of many files. */
  static async inMemory(csv: Buffer | string, chunkRows: number, options: Options = lenient): Promise<Lab> {
    const folder = await mkdtemp(join(memoryFolder(), 'etl-shards-'));
    const store = createByteStore();
    await store.write('s3://raw/in.csv', csv);
    return new Lab(folder, store, 's3://raw/in.csv', 's3://lake/x', chunkRows, options);
  }
  /** Returns a lab with the same file and another destination. */
  async beside(): Promise<Lab> {
    const { folder, store, inputUri, destination, chunkRows, options } = this;
    return new Lab(folder, store, inputUri, `${destination}/beside-${randomUUID()}`, chunkRows, options);
  }
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  get path(): string {
    return this.pathOf(this.inputUri);
  }
  get place() {
    return layout(this.destination, { dataset: 'd', batchDate: '2026-02-08', source: 's' });
  }
  pathOf(uri: string): string {
    const location = parseUri(uri);
    return location?.kind === 'file' ? location.path : '';
  }

  environment({ mode, runId = this.runId, generation = ++this.generation }: Launch): Record<string, string> {
    return containerEnvironment({
      ...{ dataset: 'd', batchDate: '2026-02-08', source: 's', runId, generation, timeoutSeconds: 600 },
      inputUri: this.inputUri,
      destination: this.destination,
      runStartedAt: this.runStartedAt,
      chunkRows: this.chunkRows,
      options: this.options,
      ...(mode && { mode }),
    });
  }

  async launch(what: Launch): Promise<Launched> {
    const { signal } = new AbortController();
    const env = parseEnvironment(this.environment(what));
    const scratch = await mkdtemp(join(this.folder, 'scratch-'));
    const log: LogEvent[] = [];
    const resources = resourcesFor(4096, 1);
    const work = { env, store: this.store, scratch, resources, log: (line: LogEvent) => void log.push(line), signal };
    const { runId } = env;
    try {
      const done = await perform(work);
      return { exitCode: 0, cause: '', runId, log, manifest: 'manifest' in done ? done.manifest : undefined };
    } catch (error) {
      const { exitCode, cause } = failureOf(error);
      return { exitCode, cause, runId, log, manifest: undefined };
    }
  }

  async index(): Promise<string> {
    const { exitCode, cause } = await this.launch({ mode: { kind: 'index' } });
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${cause}`);
    return this.work(this.runId, this.generation, indexName);
  }
  shard(number: number, of: number, indexUri: string, more: Launch & { reconcileUri?: string } = {}) {
    const { reconcileUri, ...launch } = more;
    const reconcile = reconcileUri === undefined ? {} : { reconcileUri };
    const runId = `shard-${number}-of-${of}`;
    return this.launch({
      ...{ runId, generation: 1, ...launch },
      mode: { kind: 'shard', number, of, indexUri, ...reconcile },
    });
  }
  commit(of: number, indexUri: string): Promise<Launched> {
    return this.launch({ mode: { kind: 'commit', shards: { of, indexUri } } });
  }
  work(runId: string, generation: number, name: string): string {
    return `${this.place.work(runId, generation)}/${name}`;
  }

  /** Runs index, shards and commit, and all shards again if the commit requires a reconciliation. */
  async fanOut(of: number): Promise<Launched & { readonly reconciled: boolean }> {
    const indexUri = await this.index();
    await this.shards(of, indexUri, { generation: 1 });
    const first = await this.commit(of, indexUri);
    if (first.exitCode !== 79) return { ...first, reconciled: false };
    const reconcileUri = this.work(this.runId, this.generation, reconcileName);
    await this.shards(of, indexUri, { generation: 2, reconcileUri });
    return { ...(await this.commit(of, indexUri)), reconciled: true };
  }
  /** All at once. */
  async shards(of: number, indexUri: string, more: Launch & { reconcileUri?: string }): Promise<void> {
    const all = Array.from({ length: of }, (_, at) => this.shard(at + 1, of, indexUri, more));
    for (const [at, { exitCode, cause }] of (await Promise.all(all)).entries()) {
      if (exitCode !== 0) throw new Error(`shard ${at + 1}/${all.length}: exit code ${exitCode}: ${cause}`);
    }
  }

  /** Returns all published content, wherever it was written. */
  async published(manifest: Manifest | undefined) {
    if (!manifest) throw new Error('nothing was published');
    const { schema, parts, totals, chunks, warnings, rejected, coerced, footerRows } = manifest;
    const listed = (files: readonly string[] = []) =>
      Promise.all(files.map(async (file) => String(await this.store.readSmall(`${this.place.internal}/${file}`))));
    return {
      ...{ schema, totals, chunks, warnings, rejected, coerced, footerRows },
      parts: parts.map(({ file, rows, bytes, sha256 }) => ({ file, rows, bytes, sha256 })),
      rejects: await listed(manifest.rejects),
      coercions: await listed(manifest.coercions),
    };
  }
}
