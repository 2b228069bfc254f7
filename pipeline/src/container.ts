import type { Options } from './options';

/** What one task is told to do. */
export interface ContainerInput {
  readonly inputUri: string;
  readonly batchDate: string;
  readonly dataset: string;
  readonly source: string;
  readonly destination: string;
  /** Not read by the container: ECS's events show it, and so the run they belong to. */
  readonly workflowId?: string;
  readonly runId: string;
  /** 1, 2, …: one per deliberate launch. */
  readonly generation: number;
  readonly runStartedAt: string;
  readonly chunkRows: number;
  readonly options: Options;
  /** Where the options lie that are too long for an environment variable. */
  readonly optionsUri?: string;
  readonly timeoutSeconds: number;
  /** Of the source as it was validated; absent: whatever is there is converted. */
  readonly sourceFingerprint?: string;
  /** The file or folder whose data may be replaced by this source's. */
  readonly replaces?: string;
  /** Default `convert`. */
  readonly mode?: ContainerMode;
}

/**
 * What a task is launched for. `convert`: the whole way from source to commit. `index`: find where the chunks begin.
 * `shard`: convert some of the chunks and commit nothing. `commit`: publish what was held by a gate, or what shards have
 * converted.
 */
export type ContainerMode =
  | { readonly kind: 'convert' }
  | { readonly kind: 'index' }
  | {
      readonly kind: 'shard';
      /** 1, 2, … of `of`. */
      readonly number: number;
      readonly of: number;
      readonly indexUri: string;
      /** Where the schema lies under which stale chunks are converted again. */
      readonly reconcileUri?: string;
    }
  /** `shards`: merge what so many shards have converted; absent: what was held. */
  | { readonly kind: 'commit'; readonly shards?: { readonly of: number; readonly indexUri: string } };

/**
 * The container's environment (docs/container.md). It depends on nothing but its input, so that a repeated RunTask
 * with the same client token is the same request.
 */
export function containerEnvironment(input: ContainerInput): Record<string, string> {
  return {
    INPUT_FILE: input.inputUri,
    BATCH_DATE: input.batchDate,
    DATASET: input.dataset,
    SOURCE: input.source,
    OUTPUT_PREFIX: input.destination,
    ...(input.workflowId !== undefined && { WORKFLOW_ID: input.workflowId }),
    RUN_ID: input.runId,
    GENERATION: String(input.generation),
    RUN_STARTED_AT: input.runStartedAt,
    CHUNK_ROWS: String(input.chunkRows),
    OPTIONS: input.optionsUri ?? JSON.stringify(input.options),
    TIMEOUT_SECONDS: String(input.timeoutSeconds),
    ...(input.sourceFingerprint !== undefined && { SOURCE_FINGERPRINT: input.sourceFingerprint }),
    ...(input.replaces !== undefined && { REPLACES: input.replaces }),
    ...modeVariables(input.mode ?? { kind: 'convert' }),
  };
}

function modeVariables(mode: ContainerMode): Record<string, string> {
  const MODE = mode.kind;
  if (mode.kind === 'shard') {
    const { number, of, indexUri, reconcileUri } = mode;
    const reconcile = reconcileUri === undefined ? {} : { SHARD_RECONCILE: reconcileUri };
    return { MODE, SHARD: `${number}/${of}`, SHARD_INDEX: indexUri, ...reconcile };
  }
  if (mode.kind === 'commit' && mode.shards) {
    return { MODE, SHARDS: String(mode.shards.of), SHARD_INDEX: mode.shards.indexUri };
  }
  return { MODE };
}

/** ECS takes 8,192 characters of overrides; longer options than these are handed over as the URI of an object. */
export const maxInlineOptions = 4096;
