import { parseJson } from '@etl/lib/json';
import { type Batch, schemaRecords } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type KnownSchema, schemaChanges } from '@etl/pipeline/schemaChanges';
import { compareFences, type Fence } from './fence';
import type { ObjectStore } from './objectStore';

/** The newest schema: of the latest batch date and, within it, of the latest run. */
export interface SchemaRecord extends KnownSchema, Fence {
  readonly version: 1;
}

/** The records of a source and of its whole dataset. */
export interface FoundRecords {
  readonly source: SchemaRecord | undefined;
  readonly dataset: SchemaRecord | undefined;
}

/** Reads the records with which a commit of the batch is compared. Always two requests. */
export async function readSchemaRecords(store: ObjectStore, destination: string, batch: Batch): Promise<FoundRecords> {
  const uris = schemaRecords(destination, batch);
  const [source, dataset] = await Promise.all([readRecord(store, uris.source), readRecord(store, uris.dataset)]);
  return { source, dataset };
}

/**
 * Returns the schema before a batch: of the same source, else of the dataset. Ignores records of later batch dates, so
 * a backfill of older dates is not compared.
 */
export function schemaBefore({ source, dataset }: FoundRecords, { batchDate }: Batch): KnownSchema | undefined {
  return [source, dataset].find((record) => record !== undefined && record.batchDate <= batchDate);
}

/**
 * Saves a commit's schema for later commits. Of two concurrent commits, either may win, which suffices for a warning.
 */
export async function saveSchema(
  store: ObjectStore,
  destination: string,
  batch: Batch,
  { runStartedAt, runId, generation, schema }: Manifest,
  found: FoundRecords,
): Promise<void> {
  const record: SchemaRecord = {
    version: 1,
    batchDate: batch.batchDate,
    source: batch.source,
    ...{ runStartedAt, runId, generation },
    schema: schema.map(({ name, type }) => ({ name, type })),
  };
  const uris = schemaRecords(destination, batch);
  for (const scope of ['source', 'dataset'] as const) {
    if (isNewer(record, found[scope])) await store.write(uris[scope], `${JSON.stringify(record)}\n`);
  }
}

/** Returns false for the same date and schema: ten thousand files of a night write their dataset's record once. */
function isNewer(record: SchemaRecord, known: SchemaRecord | undefined): boolean {
  if (!known || record.batchDate !== known.batchDate) return !known || record.batchDate > known.batchDate;
  return compareFences(record, known) > 0 && schemaChanges(known, record.schema) !== undefined;
}

/** Reads a record; undefined if it does not exist or is invalid. */
async function readRecord(store: ObjectStore, uri: string): Promise<SchemaRecord | undefined> {
  const body = await store.readSmall(uri);
  try {
    const record = parseJson(String(body)) as SchemaRecord;
    return record.version === 1 && Array.isArray(record.schema) ? record : undefined;
  } catch {
    return undefined;
  }
}
