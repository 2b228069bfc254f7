import { type FileHandle, open, rm } from 'node:fs/promises';
import { mapFileErrors } from '@etl/storage/fileErrors';
import { BadDataError } from '../errors';
import { type ColumnChunk, footer, magic, type ParquetColumn, rowGroup } from './format';
import type { Thrift } from './thrift';

/** Maximum number of column chunks in a footer, which writers and readers hold in memory. */
const maxColumnChunks = 500_000;

/** A Parquet file that is written one row group at a time. */
export class PartFile {
  private offset = 0;
  private rows = 0;
  private readonly groups: Thrift[] = [];

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly columns: readonly ParquetColumn[],
    private readonly createdBy: string,
  ) {}

  static async create(path: string, columns: readonly ParquetColumn[], createdBy: string): Promise<PartFile> {
    const part = new PartFile(path, await open(path, 'w'), columns, createdBy);
    await part.append(magic);
    return part;
  }

  async addGroup(rows: number, pages: Uint8Array, chunks: readonly ColumnChunk[]): Promise<void> {
    if (rows === 0) return;
    if ((this.groups.length + 1) * this.columns.length > maxColumnChunks) {
      throw new BadDataError(
        `parts of more than ${this.rows} rows of ${this.columns.length} columns are too large for Parquet's metadata: set chunkRows to ${this.rows}`,
      );
    }
    this.groups.push(rowGroup(this.columns, chunks, this.offset, rows));
    this.rows += rows;
    await this.append(pages);
  }

  async finish(): Promise<void> {
    await this.append(footer(this.columns, this.groups, this.rows, this.createdBy));
    await this.file.close();
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }

  private async append(bytes: Uint8Array): Promise<void> {
    await mapFileErrors(this.path, async () => {
      for (let at = 0; at < bytes.length; ) at += (await this.file.write(bytes, at)).bytesWritten;
    });
    this.offset += bytes.length;
  }
}
