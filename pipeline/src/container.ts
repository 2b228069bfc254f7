import type { Options } from './options';

/** Input of one task. */
export interface ContainerInput {
  readonly inputUri: string;
  readonly batchDate: string;
  readonly dataset: string;
  readonly source: string;
  readonly destination: string;
  /** Not read by the container. Appears in ECS events, which shows the run that a task belongs to. */
  readonly workflowId?: string;
  readonly runId: string;
  /** 1, 2, …: one per deliberate launch. */
  readonly generation: number;
  readonly runStartedAt: string;
  readonly chunkRows: number;
  readonly options: Options;
  /** URI of options that are too long for an environment variable. */
  readonly optionsUri?: string;
  readonly timeoutSeconds: number;
  /** Fingerprint of the validated source. When absent, the current object is converted. */
  readonly sourceFingerprint?: string;
  /** File or folder whose data this source may replace. */
  readonly replaces?: string;
  /** Hash of the dataset's declaration; empty: the dataset is not declared. The manifest records it. */
  readonly declaration?: string;
  /** @default 'convert' */
  readonly mode?: ContainerMode;
}

/**
 * Purpose of a task. `convert`: the whole conversion, from source to commit. `index`: find where the chunks begin.
 * `shard`: convert some of the chunks without a commit. `commit`: publish what a gate held, or what shards converted.
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
      /** URI of the schema with which stale chunks are converted again. */
      readonly reconcileUri?: string;
    }
  /** `shards`: merges what this many shards converted. When absent, publishes what a gate held. */
  | { readonly kind: 'commit'; readonly shards?: { readonly of: number; readonly indexUri: string } };

/**
 * Returns the container's environment (docs/container.md). It depends only on its input, so that a repeated RunTask
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
    ...(input.declaration !== undefined && { DECLARATION: input.declaration }),
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

/** ECS allows 8,192 characters of overrides. Longer options are passed as the URI of an object. */
export const maxInlineOptions = 4096;
