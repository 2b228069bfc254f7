import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import type { SinkCommit } from '../../../activities/ports';
import { Converter } from '../convert';
import type { Warehouse } from './warehouse';

export interface CommitRequest {
  readonly number?: number;
  readonly batchDate?: string;
  readonly source?: string;
  readonly dataset?: string;
  readonly columns?: Options['columns'];
  /** Longest value, by column. Without it, the columns of a manifest have no lengths. */
  readonly maxBytes?: Readonly<Record<string, number>>;
  readonly chunkRows?: number;
}

/** Makes commits from CSV, with the parts that the container writes. */
export class Commits {
  private constructor(
    private readonly converter: Converter,
    private readonly warehouse: Warehouse,
  ) {}

  static async create(warehouse: Warehouse): Promise<Commits> {
    return new Commits(await Converter.create(), warehouse);
  }
  remove(): Promise<void> {
    return this.converter.remove();
  }

  async of(csv: string, request: CommitRequest = {}): Promise<SinkCommit> {
    const { columns, maxBytes = {}, chunkRows, number = 1 } = request;
    const delivered = await this.converter.deliver(csv, {
      options: { ...(columns && { columns }), rejects: { maxShare: 0 }, quality: { rowCount: { min: 0 } } },
      ...(chunkRows !== undefined && { chunkRows }),
    });
    const batch = {
      dataset: request.dataset ?? 'orders',
      batchDate: request.batchDate ?? '2026-02-08',
      source: request.source ?? 'a',
    };
    const destination = 's3://lake';
    const folder = `${destination}/commits/${delivered.manifest.runId}`;
    for (const part of delivered.parts) await this.warehouse.put(`${folder}/${basename(part)}`, await readFile(part));
    const schema = delivered.manifest.schema.map((column) => {
      const longest = maxBytes[column.name];
      return longest === undefined ? column : { ...column, maxBytes: longest };
    });
    const { dataset, batchDate } = batch;
    const manifest: Manifest = { ...delivered.manifest, dataset, batchDate, schema };
    return { batch, number, manifest, destination, folder };
  }
}
