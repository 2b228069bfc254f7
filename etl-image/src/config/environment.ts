import { resolveBatch } from '@etl/pipeline/batchIdentity';
import type { ContainerInput } from '@etl/pipeline/container';
import { defaultChunkRows, transform } from '@etl/pipeline/definition';
import { isCalendarDate } from '@etl/pipeline/names';
import { type Options, optionsSchema } from '@etl/pipeline/options';
import { resolveSource } from '@etl/pipeline/plan';
import { describeIssue } from '@etl/pipeline/schemaIssues';
import { bucketUri, formatUri, joinUri, parseUri } from '@etl/pipeline/uri';
import * as z from 'zod';
import { defaultEngine, type EngineName, engineNames } from '../engines/names';
import { BadConfigurationError } from './failures';
import { modeVariables, resolveMode, uri, whole } from './mode';

export interface Environment extends ContainerInput {
  readonly engine: EngineName;
  readonly scratchDir: string | undefined;
  readonly s3TimeoutSeconds: number | undefined;
}

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' });
    return z.NEVER;
  }
});

/** A partition's value and a folder: never a way out of the destination. */
const name = z
  .string()
  .regex(
    /^(?![._])[\p{L}\p{M}\p{N}_.-]{1,100}$/u,
    'use letters, digits, _, - and ., at most 100 and a letter or digit first',
  );

const bucket = z.string().transform((text, context) => {
  const uri = bucketUri(text);
  if (uri !== undefined) return uri;
  context.addIssue({ code: 'custom', message: 'is not a bucket name and not an s3:// or file:/// URI' });
  return z.NEVER;
});

const schema = z.object({
  INPUT_FILE: z.string(),
  BATCH_DATE: z.string().refine(isCalendarDate, 'is no calendar date: write YYYY-MM-DD'),
  DATASET: name.optional(),
  SOURCE: name.optional(),
  OUTPUT_PREFIX: uri.optional(),
  S3_RAW_BUCKET: bucket.optional(),
  S3_CLEAN_BUCKET: bucket.optional(),
  RUN_ID: z.string().regex(/^[\w-]{1,100}$/, 'use letters, digits, _ and -'),
  GENERATION: whole.min(1).default(1),
  RUN_STARTED_AT: z.iso.datetime({ offset: true, error: 'is no ISO 8601 time' }),
  CHUNK_ROWS: whole.min(1).default(defaultChunkRows),
  OPTIONS: json.pipe(optionsSchema).default({}),
  TIMEOUT_SECONDS: whole.min(1).default(transform.timeoutSeconds),
  SOURCE_FINGERPRINT: z.string().optional(),
  REPLACES: uri.optional(),
  ...modeVariables,
  SCRATCH_DIR: z.string().min(1).optional(),
  S3_TIMEOUT_SECONDS: whole.min(1).optional(),
  ETL_ENGINE: z.enum(engineNames).default(defaultEngine),
});

/** A URI, an absolute path, or a key in S3_RAW_BUCKET. */
function resolveInput(text: string, rawBase: string | undefined): string | undefined {
  return text.startsWith('/') ? formatUri({ kind: 'file', path: text }) : resolveSource(text, rawBase);
}

function inputProblem(text: string): string {
  const given = JSON.stringify(text.slice(0, 200));
  return `INPUT_FILE: ${given} is not an s3:// or file:/// URI or an absolute path; a key needs S3_RAW_BUCKET, which is not set`;
}

/** A container that is run by hand on a file of this machine needs no destination; a bucket of raw data is never one. */
function besideInput(inputUri: string): string | undefined {
  return parseUri(inputUri)?.kind === 'file'
    ? joinUri(inputUri.slice(0, inputUri.lastIndexOf('/')), 'lake')
    : undefined;
}

/** The container's environment. Throws `BadConfigurationError` with every bad variable by name. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], set));
    throw new BadConfigurationError(`bad environment: ${problems.join('; ')}`);
  }
  const { data } = parsed;
  const { mode, problems } = resolveMode(data);
  const inputUri = resolveInput(data.INPUT_FILE, data.S3_RAW_BUCKET);
  const destination = data.OUTPUT_PREFIX ?? data.S3_CLEAN_BUCKET ?? (inputUri && besideInput(inputUri));
  const places = [
    ...(inputUri === undefined ? [inputProblem(data.INPUT_FILE)] : []),
    ...(inputUri !== undefined && destination === undefined
      ? ['OUTPUT_PREFIX: is missing: set it, or set S3_CLEAN_BUCKET']
      : []),
  ];
  if (!mode || inputUri === undefined || destination === undefined)
    throw new BadConfigurationError(`bad environment: ${[...places, ...problems].join('; ')}`);
  const declared = { batchDate: data.BATCH_DATE, dataset: data.DATASET, source: data.SOURCE };
  return {
    inputUri,
    ...resolveBatch(declared, inputUri, data.S3_RAW_BUCKET),
    destination,
    runId: data.RUN_ID,
    generation: data.GENERATION,
    runStartedAt: data.RUN_STARTED_AT,
    chunkRows: data.CHUNK_ROWS,
    options: data.OPTIONS as Options,
    timeoutSeconds: data.TIMEOUT_SECONDS,
    ...(data.SOURCE_FINGERPRINT !== undefined && { sourceFingerprint: data.SOURCE_FINGERPRINT }),
    ...(data.REPLACES !== undefined && { replaces: data.REPLACES }),
    scratchDir: data.SCRATCH_DIR,
    s3TimeoutSeconds: data.S3_TIMEOUT_SECONDS,
    engine: data.ETL_ENGINE,
    mode,
  };
}
