import { slug } from '@etl/lib/names';
import { canonicalUri, joinUri, segmentsOf } from '@etl/lib/uri';

/** A batch: two files of one folder and day are two batches, a corrected file of the same name replaces its batch. */
export interface Batch {
  readonly dataset: string;
  readonly batchDate: string;
  readonly source: string;
}

/** Where everything of a batch lies below a destination. Nothing else builds these paths. */
export function layout(destination: string, batch: Batch) {
  const internal = joinUri(destination, '_etl', batch.dataset, batch.batchDate, batch.source);
  return {
    /** What readers see. */
    published: joinUri(destination, batch.dataset, `batch_date=${batch.batchDate}`, `source=${batch.source}`),
    /** Ours, outside the dataset, so that no recursive reader meets it. */
    internal,
    commits: joinUri(internal, 'commits'),
    commit: (number: number) => joinUri(internal, 'commits', `${String(number).padStart(6, '0')}.json`),
    works: joinUri(internal, 'work'),
    work: (runId: string, generation: number) => joinUri(internal, 'work', `${runId}-${generation}`),
    /** Long options that all launches of a run read, whichever of them has committed: no work folder, which may go. */
    options: (hash: string) => joinUri(internal, 'options', `${hash}.json`),
    /** Who is projecting which commit (see storage). */
    claims: joinUri(internal, 'claims'),
    /** Folders on their way into the published place and out of it. */
    projections: joinUri(internal, 'projections'),
  };
}

/** Where a batch of files keeps what became of each: `results-00001.jsonl`, … Beside the datasets' own folders, which begin with a letter or digit. */
export function resultsFolder(destination: string, batchWorkflowId: string, firstRunId: string): string {
  return joinUri(destination, '_etl', '_batches', slug(batchWorkflowId), firstRunId);
}

/** The marker of an event's dead letter. What belongs to it lies beside it: `<key>.latest.json`. */
export function deadLetterMarker(cleanBase: string, key: string): string {
  return joinUri(cleanBase, '_etl', '_dead', `${key}.json`);
}

/** Returns whether a URI can be that of a marker: a message of a queue, whoever has sent it, must not name another object. */
export function isDeadLetterMarker(uri: string): boolean {
  const [folder, kind, name = ''] = segmentsOf(canonicalUri(uri) ?? '').slice(-3);
  return folder === '_etl' && kind === '_dead' && /^[\w-]+\.json$/.test(name);
}

/** Where the newest schema of a source and of its dataset is kept, for commits to be compared with: outside of every batch. */
export function schemaRecords(destination: string, { dataset, source }: Pick<Batch, 'dataset' | 'source'>) {
  const folder = joinUri(destination, '_etl', '_schemas', dataset);
  // No source's name begins with an underscore.
  return { source: joinUri(folder, `${source}.json`), dataset: joinUri(folder, '_dataset.json') };
}

/** `results-00001.jsonl`; numbers start at 1. */
export function resultsName(page: number): string {
  return `results-${String(page).padStart(5, '0')}.jsonl`;
}

export type BatchLayout = ReturnType<typeof layout>;

/** `part-00001.parquet`; numbers start at 1. */
export function partName(number: number): string {
  return `part-${String(number).padStart(5, '0')}.parquet`;
}

/** `rejects-00001.jsonl` or `coercions-00001.jsonl`, beside the part of the same chunk. */
export function findingsName(kind: 'rejects' | 'coercions', number: number): string {
  return `${kind}-${String(number).padStart(5, '0')}.jsonl`;
}

export const manifestName = '_manifest.json';
export const successName = '_SUCCESS';
export const checkpointName = 'checkpoint.json';
/** Where the chunks of a file begin: what its shards are cut by. */
export const indexName = 'index.json';
/** What a shard has converted. */
export const shardName = 'shard.json';
/** The schema that shards have to be converted again under. */
export const reconcileName = 'reconcile.json';
export const progressName = 'progress.json';
/** Options that are too long for the container's environment. */
export const optionsName = 'options.json';

/** The workflow ID of a child that converts a part of a pipeline's file: the same in every run and round of it. */
export function shardWorkflowId(pipelineId: string, number: number, of: number): string {
  return `${pipelineId}/shard-${number}-of-${of}`;
}

/** The workflow ID the CLI makes: one batch, one workflow at a time. */
export function workflowId(batch: Batch): string {
  return `etl/${batch.dataset}/${batch.batchDate}/${batch.source}`;
}
