import { JsonError, parseJson } from '@etl/lib/json';
import { isCalendarDate } from '@etl/lib/names';
import { describeIssue } from '@etl/lib/schemaIssues';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import type { ContainerInput } from '@etl/pipeline/container';
import { reservedNameProblem } from '@etl/pipeline/datasetName';
import { defaultChunkRows, transform } from '@etl/pipeline/definition';
import { maxEventBytes } from '@etl/pipeline/inputSize';
import type { Batch } from '@etl/pipeline/layout';
import { type Options, optionsSchema } from '@etl/pipeline/options';
import * as z from 'zod';
import { BadConfigurationError } from '../errors';
import { defaultEngine, type EngineName, engineNames } from './engineNames';
import { modeVariables, resolveMode, uri, whole } from './mode';
import { type Places, resolvePlaces } from './places';

export interface Environment extends ContainerInput {
  readonly engine: EngineName;
  readonly scratchDir: string | undefined;
  readonly s3TimeoutSeconds: number | undefined;
}

const json = z.string().transform((text, context): unknown => {
  try {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxEventBytes) throw new JsonError(`has ${bytes} bytes, more than the limit of ${maxEventBytes}`);
    return parseJson(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** Name of a partition and a folder. The pattern excludes paths that leave the destination. */
const name = z
  .string()
  .regex(
    /^(?![._])[\p{L}\p{M}\p{N}_.-]{1,100}$/u,
    'is not a valid name: use at most 100 letters, digits, _, - and ., with a letter or digit first',
  );

const schema = z.object({
  BATCH_DATE: z.string().refine(isCalendarDate, 'is not a calendar date: expected YYYY-MM-DD'),
  DATASET: name.optional(),
  SOURCE: name.optional(),
  RUN_ID: z.string().regex(/^[\w-]{1,100}$/, 'is not a valid ID: use letters, digits, _ and -'),
  GENERATION: whole.min(1).default(1),
  RUN_STARTED_AT: z.iso.datetime({ offset: true, error: 'is not an ISO 8601 time' }),
  CHUNK_ROWS: whole.min(1).default(defaultChunkRows),
  OPTIONS: json.pipe(optionsSchema).default({}),
  TIMEOUT_SECONDS: whole.min(1).default(transform.timeoutSeconds),
  SOURCE_FINGERPRINT: z.string().optional(),
  REPLACES: uri.optional(),
  DECLARATION: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'is not a hash of 16 hexadecimal digits')
    .optional(),
  ...modeVariables,
  SCRATCH_DIR: z.string().min(1).optional(),
  S3_TIMEOUT_SECONDS: whole.min(1).optional(),
  ETL_ENGINE: z.enum(engineNames).default(defaultEngine),
});

/** The variables that this file parses, with their types and defaults. Those of places are in places.ts. */
export const variables = schema.shape;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Parses the container's environment.
 *
 * @throws {BadConfigurationError} with every invalid variable by name
 */
export function parseEnvironment(env: Variables): Environment {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  const places = resolvePlaces(set);
  const { mode, problems = [] } = parsed.success ? resolveMode(parsed.data) : {};
  const batch = parsed.success && !('problems' in places) ? batchOf(parsed.data, places) : undefined;
  const reserved = batch && reservedNameProblem(batch.dataset);
  if (!parsed.success || 'problems' in places || !mode || !batch || reserved !== undefined) {
    const all = [
      ...('problems' in places ? places.problems : []),
      ...(parsed.error?.issues.flatMap((issue) => describeIssue(issue, [], set)) ?? []),
      ...problems,
      ...(reserved === undefined ? [] : [`DATASET: ${batch?.dataset} ${reserved}`]),
    ];
    throw new BadConfigurationError(`invalid environment: ${all.join('; ')}`);
  }
  const { data } = parsed;
  const { inputUri, destination } = places;
  return {
    inputUri,
    ...batch,
    destination,
    runId: data.RUN_ID,
    generation: data.GENERATION,
    runStartedAt: data.RUN_STARTED_AT,
    chunkRows: data.CHUNK_ROWS,
    options: data.OPTIONS as Options,
    timeoutSeconds: data.TIMEOUT_SECONDS,
    ...(data.SOURCE_FINGERPRINT !== undefined && { sourceFingerprint: data.SOURCE_FINGERPRINT }),
    ...(data.REPLACES !== undefined && { replaces: data.REPLACES }),
    ...(data.DECLARATION !== undefined && { declaration: data.DECLARATION }),
    scratchDir: data.SCRATCH_DIR,
    s3TimeoutSeconds: data.S3_TIMEOUT_SECONDS,
    engine: data.ETL_ENGINE,
    mode,
  };
}

function batchOf(data: z.infer<typeof schema>, { inputUri, rawBase }: Places): Batch {
  const declared = { batchDate: data.BATCH_DATE, dataset: data.DATASET, source: data.SOURCE };
  return resolveBatch(declared, inputUri, rawBase);
}
