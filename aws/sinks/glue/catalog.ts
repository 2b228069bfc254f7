import {
  CreatePartitionCommand,
  CreateTableCommand,
  GetDatabaseCommand,
  GetPartitionCommand,
  GetTableCommand,
  type GlueClient,
  type Partition,
  type PartitionInput,
  type Table,
  type TableInput,
  UpdatePartitionCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { SinkError } from '../../../activities/ports';
import { ConflictError, glueError } from './errors';
import type { Target } from './target';

/** A table of the Data Catalog and its partitions. Calls throw the errors of `glueError`. */
export class Catalog {
  constructor(
    private readonly client: GlueClient,
    private readonly target: Target,
  ) {}

  async hasDatabase(): Promise<boolean> {
    const { database: Name, sink } = this.target;
    const request = new GetDatabaseCommand({ CatalogId: sink.catalogId, Name });
    return (await existing(this.call('GetDatabase', this.client.send(request)))) !== undefined;
  }

  /** Returns undefined if the table, or its database, does not exist. */
  async table(): Promise<Table | undefined> {
    const { table: Name } = this.target;
    const get = this.call('GetTable', this.client.send(new GetTableCommand({ ...this.database(), Name })));
    return (await existing(get))?.Table;
  }

  async createTable(TableInput: TableInput): Promise<void> {
    const { target } = this;
    const create = this.client.send(new CreateTableCommand({ ...this.database(), TableInput }));
    await create.catch((error: Error) => {
      if (error.name !== 'EntityNotFoundException') throw glueError('CreateTable', target.name, error);
      throw noDatabase(target, error);
    });
  }

  /** Replaces the table if it still has this version. Archives no version, because archived versions count toward a quota. */
  async updateTable(TableInput: TableInput, VersionId: string | undefined): Promise<void> {
    const request = { ...this.database(), TableInput, VersionId, SkipArchive: true };
    await this.call('UpdateTable', this.client.send(new UpdateTableCommand(request)));
  }

  /** Returns undefined if the partition does not exist. */
  async partition(PartitionValues: string[]): Promise<Partition | undefined> {
    const request = { ...this.tableName(), PartitionValues };
    return (await existing(this.call('GetPartition', this.client.send(new GetPartitionCommand(request)))))?.Partition;
  }

  async createPartition(PartitionInput: PartitionInput): Promise<void> {
    const request = { ...this.tableName(), PartitionInput };
    await this.call('CreatePartition', this.client.send(new CreatePartitionCommand(request)));
  }

  async updatePartition(PartitionInput: PartitionInput): Promise<void> {
    const request = { ...this.tableName(), PartitionValueList: PartitionInput.Values, PartitionInput };
    await this.call('UpdatePartition', this.client.send(new UpdatePartitionCommand(request)));
  }

  private database() {
    return { CatalogId: this.target.sink.catalogId, DatabaseName: this.target.database };
  }

  private tableName() {
    return { ...this.database(), TableName: this.target.table };
  }

  private async call<T>(operation: string, response: Promise<T>): Promise<T> {
    return response.catch((error: unknown) => {
      throw glueError(operation, this.target.name, error);
    });
  }
}

/** Returns the error for a database that does not exist. */
export function noDatabase({ name, database }: Target, cause?: unknown): SinkError {
  const what = `${name}: database ${database} does not exist. Create it, or correct sink key database.`;
  return new SinkError(what, { cause });
}

/** Awaits a read. Returns undefined if the resource does not exist, which is the only conflict of a read. */
async function existing<T>(response: Promise<T>): Promise<T | undefined> {
  return response.catch((error: unknown) => {
    if (error instanceof ConflictError) return undefined;
    throw error;
  });
}
