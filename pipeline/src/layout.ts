import { slug } from '@etl/lib/names';
import { canonicalUri, joinUri, segmentsOf } from '@etl/lib/uri';

/** A batch: two files of one folder and day are two batches; a corrected file of the same name replaces its batch. */
export interface Batch {
  readonly dataset: string;
  readonly batchDate: string;
  readonly source: string;
}

/**
 * Folder of the commit folders of all datasets. Catalogs and warehouses read it, and some ignore a folder whose name
 * begins with an underscore. No dataset may have this name.
 */
export const commitsRoot = 'etl-commits';

/** Returns where the parts of a batch lie below a destination. No other code builds these paths. */
export function layout(destination: string, batch: Batch) {
  const internal = joinUri(destination, '_etl', batch.dataset, batch.batchDate, batch.source);
  const commitFolders = joinUri(destination, commitsRoot, batch.dataset, batch.batchDate, batch.source);
  return {
    /** Folder that readers see. */
    published: joinUri(
      datasetFolder(destination, batch.dataset),
      `batch_date=${batch.batchDate}`,
      `source=${batch.source}`,
    ),
    /** Internal files, outside the dataset, so that recursive readers do not find them. */
    internal,
    commits: joinUri(internal, 'commits'),
    commit: (number: number) => joinUri(internal, 'commits', `${String(number).padStart(6, '0')}.json`),
    works: joinUri(internal, 'work'),
    work: (runId: string, generation: number) => joinUri(internal, 'work', `${runId}-${generation}`),
    /**
     * Long options that all launches of a run read, whichever has committed. Not in a work folder, which may be
     * deleted.
     */
    options: (hash: string) => joinUri(internal, 'options', `${hash}.json`),
    commitFolders,
    commitFolder: (name: string) => joinUri(commitFolders, name),
    /** Returns the URI of a part by its location in a manifest. */
    part: (location: string) =>
      location.startsWith(commitPrefix)
        ? joinUri(commitFolders, location.slice(commitPrefix.length))
        : joinUri(internal, location),
    sinks: joinUri(internal, 'sinks'),
    /** Status and auxiliary files of a sink. */
    sink: (name: string) => joinUri(internal, 'sinks', name),
    /** Claims of the runs that project a commit (see storage). */
    claims: joinUri(internal, 'claims'),
    /** Claims of the processes that remove commit folders (see storage). */
    removals: joinUri(internal, 'removals'),
    /** Folders on their way into the published place and out of it. */
    projections: joinUri(internal, 'projections'),
  };
}

const commitPrefix = 'commit/';

/** Returns the location of a part in a commit folder. */
export function committedLocation(folderName: string, file: string): string {
  return `${commitPrefix}${folderName}/${file}`;
}

/** Returns the folder of all published batches of a dataset. */
export function datasetFolder(destination: string, dataset: string): string {
  return joinUri(destination, dataset);
}

/**
 * Returns the folder of a batch's results: `results-00001.jsonl`, … It lies beside the dataset folders, whose names
 * begin with a letter or digit.
 */
export function resultsFolder(destination: string, batchWorkflowId: string, firstRunId: string): string {
  return joinUri(destination, '_etl', '_batches', slug(batchWorkflowId), firstRunId);
}

/** Returns the marker of an event's dead letter. Its other objects lie beside it: `<key>.latest.json`. */
export function deadLetterMarker(cleanBase: string, key: string): string {
  return joinUri(cleanBase, '_etl', '_dead', `${key}.json`);
}

/** Returns where a dataset's lateness alerts are recorded, and the last check: no dataset begins with an underscore. */
export function latenessRecords(cleanBase: string) {
  const folder = joinUri(cleanBase, '_etl', '_late');
  return {
    lastCheck: joinUri(folder, '_check.json'),
    alert: (dataset: string, batchDate: string, kind: string) => joinUri(folder, dataset, batchDate, `${kind}.json`),
  };
}

/** Returns whether a URI can be a marker's: a queue message, whoever sent it, must not name another object. */
export function isDeadLetterMarker(uri: string): boolean {
  const [folder, kind, name = ''] = segmentsOf(canonicalUri(uri) ?? '').slice(-3);
  return folder === '_etl' && kind === '_dead' && /^[\w-]+\.json$/.test(name);
}

/**
 * Returns where the newest schemas of a source and its dataset are kept, outside every batch, for comparison with
 * commits.
 */
export function schemaRecords(destination: string, { dataset, source }: Pick<Batch, 'dataset' | 'source'>) {
  const folder = joinUri(destination, '_etl', '_schemas', dataset);
  // Source names never begin with an underscore.
  return { source: joinUri(folder, `${source}.json`), dataset: joinUri(folder, '_dataset.json') };
}

/** Returns `results-00001.jsonl`; numbers start at 1. */
export function resultsName(page: number): string {
  return `results-${String(page).padStart(5, '0')}.jsonl`;
}

export type BatchLayout = ReturnType<typeof layout>;

/** Returns `part-00001.parquet`; numbers start at 1. */
export function partName(number: number): string {
  return `part-${String(number).padStart(5, '0')}.parquet`;
}

/** Returns `rejects-00001.jsonl` or `coercions-00001.jsonl`, beside the part of the same chunk. */
export function findingsName(kind: 'rejects' | 'coercions', number: number): string {
  return `${kind}-${String(number).padStart(5, '0')}.jsonl`;
}

/** Returns `keys-00001-2.bin`: the keys of a chunk for the second rule that compares rows. */
export function keysName(number: number, rule: number): string {
  return `keys-${String(number).padStart(5, '0')}-${rule}.bin`;
}

export const manifestName = '_manifest.json';
export const successName = '_SUCCESS';
export const checkpointName = 'checkpoint.json';
/** Start of each chunk of a file: where its shards are cut. */
export const indexName = 'index.json';
/** Parts that a shard has converted. */
export const shardName = 'shard.json';
/** Schema with which shards convert chunks again. */
export const reconcileName = 'reconcile.json';
export const progressName = 'progress.json';
/** Options that are too long for the container's environment. */
export const optionsName = 'options.json';

/** Returns the workflow ID of a child that converts a shard of a pipeline's file: the same in every run and round. */
export function shardWorkflowId(pipelineId: string, number: number, of: number): string {
  return `${pipelineId}/shard-${number}-of-${of}`;
}

/** Returns the workflow ID of a replay of sinks that the CLI uses: one at a time per dataset. */
export function replayWorkflowId(dataset: string): string {
  return `etl-sinks/${dataset}`;
}

/** Returns the workflow ID that the CLI uses: one workflow at a time per batch. */
export function workflowId(batch: Batch): string {
  return `etl/${batch.dataset}/${batch.batchDate}/${batch.source}`;
}

/** Returns the known fields of a batch, and no others. */
export function batchFields({ dataset, batchDate, source }: Partial<Batch>): Partial<Batch> {
  return {
    ...(dataset !== undefined && { dataset }),
    ...(batchDate !== undefined && { batchDate }),
    ...(source !== undefined && { source }),
  };
}

/** Returns the batch in a workflow ID that the CLI, a batch or the intake made; no fields for any other ID. */
export function batchOfWorkflowId(id: string): Partial<Batch> {
  // The intake adds a hash of the event.
  const pattern = /^etl\/([^/]+)\/(\d{4}-\d{2}-\d{2})\/([^/]+)(?:\/[0-9a-f]{12})?$/;
  const [, dataset, batchDate, source] = pattern.exec(id) ?? [];
  return dataset !== undefined && batchDate !== undefined && source !== undefined ? { dataset, batchDate, source } : {};
}
