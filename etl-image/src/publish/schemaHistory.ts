import type { Manifest } from '@etl/pipeline/manifest';
import type { KnownSchema } from '@etl/pipeline/schemaChanges';
import type { Commit } from '@etl/storage/commitLog';
import { type FoundRecords, keepSchema, readSchemaRecords, schemaBefore } from '@etl/storage/schemaRecords';
import { failureOf } from '../config/failures';
import type { Task } from '../task';

/** The schemas of the commits before this one. Best effort: it serves a warning, and must not change how the work ends. */
export class SchemaHistory {
  private constructor(
    private readonly task: Task,
    /** Undefined when they could not be read. */
    private readonly found: FoundRecords | undefined,
  ) {}

  static async open(task: Task): Promise<SchemaHistory> {
    const { store, env, log } = task;
    try {
      return new SchemaHistory(task, await readSchemaRecords(store, env.destination, env));
    } catch (error) {
      log({ event: 'note', text: `the schema before this one is unknown: ${failureOf(error).cause}` });
      return new SchemaHistory(task, undefined);
    }
  }

  /** The schema that readers had: of the commit that is replaced, else of the newest one before this batch. */
  before(replaced: Commit | undefined): KnownSchema | undefined {
    const { env } = this.task;
    if (!replaced) return this.found && schemaBefore(this.found, env);
    return { batchDate: env.batchDate, source: env.source, schema: replaced.manifest.schema };
  }

  async keep(manifest: Manifest): Promise<void> {
    if (!this.found) return;
    const { store, env, log } = this.task;
    try {
      await keepSchema(store, env.destination, env, manifest, this.found);
    } catch (error) {
      log({ event: 'note', text: `the schema was not kept for later commits: ${failureOf(error).cause}` });
    }
  }
}
