import type { ContainerInput } from '@etl/pipeline/container';
import { defaultChunkRows, transform } from '@etl/pipeline/definition';
import { isCalendarDate, slug, stem } from '@etl/pipeline/names';
import { type Options, optionsSchema } from '@etl/pipeline/options';
import { describeIssue } from '@etl/pipeline/schemaIssues';
import { baseName } from '@etl/pipeline/uri';
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

const schema = z.object({
  INPUT_FILE: uri,
  BATCH_DATE: z.string().refine(isCalendarDate, 'is no calendar date: write YYYY-MM-DD'),
  DATASET: z.string().min(1),
  SOURCE: z.string().min(1).optional(),
  OUTPUT_PREFIX: uri,
  RUN_ID: z.string().regex(/^[\w-]{1,100}$/, 'use letters, digits, _ and -'),
  GENERATION: whole.min(1).default(1),
  RUN_STARTED_AT: z.iso.datetime({ offset: true, error: 'is no ISO 8601 time' }),
  CHUNK_ROWS: whole.min(1).default(defaultChunkRows),
  OPTIONS: json.pipe(optionsSchema).default({}),
  TIMEOUT_SECONDS: whole.min(1).default(transform.timeoutSeconds),
  ...modeVariables,
  SCRATCH_DIR: z.string().min(1).optional(),
  S3_TIMEOUT_SECONDS: whole.min(1).optional(),
  ETL_ENGINE: z.enum(engineNames).default(defaultEngine),
});

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
  if (!mode) throw new BadConfigurationError(`bad environment: ${problems.join('; ')}`);
  return {
    inputUri: data.INPUT_FILE,
    batchDate: data.BATCH_DATE,
    dataset: data.DATASET,
    source: data.SOURCE ?? slug(stem(baseName(data.INPUT_FILE))),
    destination: data.OUTPUT_PREFIX,
    runId: data.RUN_ID,
    generation: data.GENERATION,
    runStartedAt: data.RUN_STARTED_AT,
    chunkRows: data.CHUNK_ROWS,
    options: data.OPTIONS as Options,
    timeoutSeconds: data.TIMEOUT_SECONDS,
    scratchDir: data.SCRATCH_DIR,
    s3TimeoutSeconds: data.S3_TIMEOUT_SECONDS,
    engine: data.ETL_ENGINE,
    mode,
  };
}
