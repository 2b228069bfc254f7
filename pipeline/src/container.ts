import type { Options } from './options';

/** The name of the ETL container in every task definition; a sidecar's exit is never taken for its. */
export const etlContainerName = 'etl-worker';

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
}

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
    MODE: 'convert',
  };
}

/** ECS takes 8,192 characters of overrides; longer options than these are handed over as the URI of an object. */
export const maxInlineOptions = 4096;
