import type { Manifest } from '@etl/pipeline/manifest';
import type { KnownSchema } from '@etl/pipeline/schemaChanges';
import type { Commit } from '@etl/storage/commitLog';
import { type FoundRecords, readSchemaRecords, saveSchema, schemaBefore } from '@etl/storage/schemaRecords';
import { failureOf } from '../config/failures';
import type { Task } from '../task';

/**
 * The schemas of earlier commits. Best effort where they only serve a warning: an error does not fail the task then.
 */
export class SchemaHistory {
  private constructor(
    private readonly task: Task,
    /** Undefined if they could not be read. */
    private readonly found: FoundRecords | undefined,
  ) {}

  static async open(task: Task): Promise<SchemaHistory> {
    const { schemaDrift = 'evolve' } = task.env.options.quality ?? {};
    const { store, env, log } = task;
    try {
      return new SchemaHistory(task, await readSchemaRecords(store, env.destination, env));
    } catch (error) {
      if (schemaDrift !== 'evolve') throw error;
      log({ event: 'note', text: `the previous schema could not be read: ${failureOf(error).cause}` });
      return new SchemaHistory(task, undefined);
    }
  }

  /** Returns the schema of the replaced commit, else of the newest commit before this batch. */
  before(replaced: Commit | undefined): KnownSchema | undefined {
    const { env } = this.task;
    if (!replaced) return this.found && schemaBefore(this.found, env);
    return { batchDate: env.batchDate, source: env.source, schema: replaced.manifest.schema };
  }

  async keep(manifest: Manifest): Promise<void> {
    if (!this.found) return;
    const { store, env, log } = this.task;
    try {
      await saveSchema(store, env.destination, env, manifest, this.found);
    } catch (error) {
      log({ event: 'note', text: `the schema could not be saved for later commits: ${failureOf(error).cause}` });
    }
  }
}
