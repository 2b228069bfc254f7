import { dirname, resolve } from 'node:path';
import { sizeProblem } from '@etl/ecs/sizes';
import { fileUri } from '@etl/lib/fileUri';
import { parseJson } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import { isTimeZone } from '@etl/lib/timeZones';
import { bucketUri, joinUri } from '@etl/lib/uri';
import { type AllowedPlaces, defaultPlaces, isWithin } from '@etl/pipeline/allowedPlaces';
import { splitList } from '@etl/pipeline/allowedPlacesFrom';
import { credentials, transform } from '@etl/pipeline/definition';
import { defaultLanguage, languages, type MessageLanguage } from '@etl/pipeline/messages/languages';
import { defaultLightLimitBytes, lightLimits } from '@etl/pipeline/routing/policy';
import { sharedDetailProblems } from '@etl/pipeline/sharedDetail';
import * as z from 'zod';
import { ConfigError } from './errors';
import { localDefaults } from './localDefaults';
import { readKeySpecs } from './payloads/keySpecs';

const list = z.string().transform(splitList).pipe(z.array(z.string()).min(1, 'is an empty list'));

/** A bucket name, or a URI of a bucket or folder. */
const bucket = z.string().transform((text, context) => {
  const uri = bucketUri(text);
  if (uri !== undefined) return uri;
  context.addIssue({ code: 'custom', message: 'is no bucket name and no s3:// or file:/// URI' });
  return z.NEVER;
});

/** Comma-separated buckets and prefixes. */
const prefixes = list.pipe(z.array(bucket));

const units = z.coerce.number('is no number').int('is no whole number').positive('must be above 0');

const arn = z.string().startsWith('arn:', 'is no ARN');

/** Event keys that all files share. */
const jsonDetail = z.string().transform((text, context) => {
  try {
    const value = parseJson(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      const problems = sharedDetailProblems(value as Record<string, unknown>);
      if (problems.length === 0) return value as Record<string, unknown>;
      for (const message of problems) context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  } catch {
    // The issue below reports invalid JSON in the same words as any other value that is not an object.
  }
  context.addIssue({ code: 'custom', message: 'is no JSON object' });
  return z.NEVER;
});

const languageNames = Object.keys(languages)
  .map((name) => `\`${name}\``)
  .join(' or ');

/**
 * Environment variables of this project with their descriptions. The table in docs/configuration.md is generated from
 * them.
 */
export const variables = {
  S3_RAW_BUCKET: bucket
    .optional()
    .describe(
      'Where a relative `s3Key` lies: a bucket, or an `s3://` or `file:///` URI; unset on the local system: the folder that holds its state folder',
    ),
  S3_CLEAN_BUCKET: bucket.optional().describe('Where batches are published unless the event says otherwise'),
  ETL_SOURCE_PREFIXES: prefixes
    .optional()
    .describe(
      'Where sources may lie: buckets, `s3://` or `file:///` prefixes, separated by commas; unset: where a relative `s3Key` lies. `etl up` adds `file:///`',
    ),
  ETL_DESTINATION_PREFIXES: prefixes
    .optional()
    .describe('Where batches may be published, likewise; unset: `S3_CLEAN_BUCKET`. `etl up` adds `file:///`'),
  ECS_CLUSTER: z.string().min(1).optional().describe('Cluster the tasks run in'),
  ECS_TASK_DEFINITION: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Task definition with a container named `etl-worker`: its name or ARN, or a file (`….json`, `file:…`) to register it from',
    ),
  ECS_SUBNETS: list.optional().describe('Subnets of the tasks, separated by commas'),
  ECS_SECURITY_GROUPS: list.optional().describe('Security groups of the tasks, separated by commas'),
  ECS_ASSIGN_PUBLIC_IP: z
    .enum(['ENABLED', 'DISABLED'])
    .default('DISABLED')
    .describe('`ENABLED` where tasks reach the registry through a public subnet'),
  ECS_TASK_CPU: units.optional().describe('CPU units of a task in the state machine, 1024 a vCPU (`etl asl`)'),
  ECS_TASK_MEMORY: units.optional().describe('MiB of memory of a task in the state machine (`etl asl`)'),
  ECS_SPOT: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: the state machine runs its tasks on Spot, without a way back (`etl asl`)'),
  VALIDATE_INPUT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Lambda function of the state machine, its name or ARN (`etl asl`)'),
  CONFIRM_COMMIT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Lambda function of the state machine, its name or ARN (`etl asl`)'),
  LIGHT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Lambda function that converts small files, its name or ARN (`dist/lambda/convert`)'),
  ETL_LIGHT_LANE: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      '`auto`: `LIGHT_FUNCTION` where it is set, a process of the worker where no `ECS_CLUSTER` is set; `off`: every file is a task',
    ),
  ETL_LIGHT_LIMIT_MB: z.coerce
    .number('is no number')
    .positive('must be above 0')
    .max(lightLimits.mostBytes / 1e6, `must be at most ${lightLimits.mostBytes / 1e6}`)
    .default(defaultLightLimitBytes / 1e6)
    .describe('Files of up to so many megabytes (10^6 bytes, decoded) go to the light lane'),
  ETL_LIGHT_CONCURRENCY: units
    .optional()
    .describe(
      'Conversions of the light lane at once on one worker; unset: 100 functions, or a process for each processor',
    ),
  ETL_TASK_SIZE: z
    .enum(['policy', 'definition'])
    .default('policy')
    .describe('What decides the size of a task when the event does not: the routing policy, or the task definition'),
  ETL_SPOT: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Whether tasks run on Spot when the event does not say: on demand after losses, or from the start'),
  ECS_EVENTS_QUEUE_URL: z
    .url('is no URL')
    .optional()
    .describe("SQS queue of ECS's task state changes: ends of tasks are seen at once, and polling is the fallback"),
  ECS_LAUNCHES_PER_SECOND: z.coerce
    .number('is no number')
    .positive('must be above 0')
    .default(transform.launchesPerSecond)
    .describe('Tasks launched a second by all workers together; the others wait in order of their priority'),
  SUCCESS_TOPIC_ARN: arn.optional().describe('SNS topic for delivered batches'),
  ALERTS_TOPIC_ARN: arn.optional().describe('SNS topic for everything else'),
  DLQ_URL: z.url('is no URL').optional().describe('SQS queue for events that failed'),
  INTAKE_QUEUE_URL: z
    .url('is no URL')
    .optional()
    .describe('SQS queue of landed files: each of them starts a pipeline (docs/intake.md)'),
  INTAKE_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of this machine whose files start pipelines, as those of the queue do'),
  INTAKE_PREFIX: z.string().min(1).optional().describe('Only keys that begin with it are taken by the intake'),
  INTAKE_MATCH: z
    .string()
    .min(1)
    .optional()
    .describe('Glob (`*`, `?`) on the names of the files that the intake takes; unset: every name of a data file'),
  INTAKE_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is no time zone: write a name of the IANA database, as Europe/Madrid')
    .default('UTC')
    .describe('Whose day a landed file gets as its batch date when its key has none'),
  INTAKE_DETAIL: jsonDetail
    .optional()
    .describe('JSON object: keys of the event that all files of the intake share, such as `columns` or `dialect`'),
  INTAKE_MAX_OPEN: units
    .default(2000)
    .describe('While so many pipelines are open, the intake takes nothing more from its source'),
  INTAKE_MAX_RECEIVES: units
    .default(20)
    .describe('A message that Temporal refuses goes to the dead letters after so many times'),
  INTAKE_HIDDEN_SECONDS: units
    .max(43_200, 'must be at most 43200')
    .default(60)
    .describe('When a message comes again that a worker had in hand as it died'),
  ETL_PAYLOAD_KEYS: z
    .string()
    .superRefine((text, context) => {
      const specs = readKeySpecs(text);
      if (typeof specs === 'string') context.addIssue({ code: 'custom', message: specs });
    })
    .optional()
    .describe(
      'Keys that encrypt what Temporal stores: `id:base64,…` or a JSON object; the first encrypts, all decrypt; `kms:` in front of one that AWS KMS has encrypted ([security.md](security.md#encrypted-payloads))',
    ),
  ETL_MESSAGE_LANGUAGE: z
    .enum(Object.keys(languages) as [MessageLanguage, ...MessageLanguage[]])
    .default(defaultLanguage)
    .describe(`Language of notifications: ${languageNames}; set it for the functions of the state machine as well`),
  TEMPORAL_UI_URL: z.url('is no URL').optional().describe('Address of the Web UI, for links in messages'),
  ETL_STATE_DIR: z.string().min(1).default(localDefaults.stateDir).describe('Folder of the local system'),
  ETL_TIME_SCALE: z.coerce
    .number('is no number')
    .positive('must be above 0')
    .max(1, 'must be at most 1')
    .default(1)
    .describe('Shortens the waits between polls and launches in rehearsals: 0.01 makes 60 s into 0.6 s'),
  ETL_POLL_SECONDS: z.coerce
    .number('is no number')
    .positive('must be above 0')
    .default(transform.pollSeconds)
    .describe(
      'Seconds between two looks at a task, as long as 4 calls of 100 tasks in that time suffice; below 1 the calls do not become more',
    ),
  ETL_CREDENTIAL_SECONDS: z.coerce
    .number('is no number')
    .nonnegative('must not be negative')
    .default(credentials.retrySeconds)
    .describe(
      'How long calls are repeated whose AWS credentials are refused, or not given out; then the run has failed as `BadConfiguration`. A missing permission is never retried',
    ),
  ETL_METRICS_ADDRESS: z
    .string()
    .regex(/^[\w.-]+:\d+$/, 'is no host:port')
    .optional()
    .describe('Where the worker serves Prometheus metrics, e.g. `127.0.0.1:9464`; unset: nowhere'),
  ETL_SHUTDOWN_GRACE_SECONDS: z.coerce
    .number('is no number')
    .nonnegative()
    .default(10)
    .describe('How long a worker that is told to stop lets running activities finish'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Level of the structured log'),
} as const;

/** Variables whose values never appear in messages. */
const secrets: readonly string[] = ['ETL_PAYLOAD_KEYS'];

const schema = z.object(variables).superRefine((config, context) => {
  const together = (...keys: (keyof typeof variables)[]) => {
    const missing = keys.filter((key) => config[key] === undefined);
    if (missing.length === 0 || missing.length === keys.length) return;
    for (const key of missing) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `is missing: it goes together with ${keys.join(', ')}`,
      });
    }
  };
  together('ECS_CLUSTER', 'ECS_TASK_DEFINITION', 'ECS_SUBNETS');
  together('SUCCESS_TOPIC_ARN', 'ALERTS_TOPIC_ARN');
  together('ECS_TASK_CPU', 'ECS_TASK_MEMORY');
  const { S3_RAW_BUCKET: raw, S3_CLEAN_BUCKET: clean } = config;
  if (raw !== undefined && clean !== undefined && isWithin(clean, raw)) {
    const message = `holds S3_RAW_BUCKET, ${raw}: a batch could be published among the sources`;
    context.addIssue({ code: 'custom', path: ['S3_CLEAN_BUCKET'], message });
  }
  const { ECS_TASK_CPU: cpu, ECS_TASK_MEMORY: memory } = config;
  const problem = cpu !== undefined && memory !== undefined && sizeProblem(cpu, memory);
  if (problem) context.addIssue({ code: 'custom', path: ['ECS_TASK_CPU, ECS_TASK_MEMORY'], message: problem });
});

export type Config = z.infer<typeof schema> & {
  /** Base of keys without a scheme. On the local system: the folder that contains the state folder. */
  readonly rawBase: string | undefined;
  readonly cleanBase: string;
  /** Where sources may be read and batches may be published. */
  readonly places: AllowedPlaces;
  readonly stateDir: string;
};

/**
 * Parses the configuration from environment variables. An empty variable counts as not set. Without any variables, the
 * configuration is that of the local system.
 *
 * @throws {ConfigError} listing every invalid variable.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const shown = Object.fromEntries(Object.entries(set).filter(([name]) => !secrets.includes(name)));
    throw new ConfigError(parsed.error.issues.flatMap((issue) => describeIssue(issue, [], shown)));
  }
  const stateDir = resolve(parsed.data.ETL_STATE_DIR);
  const isLocal = parsed.data.S3_RAW_BUCKET === undefined && parsed.data.S3_CLEAN_BUCKET === undefined;
  const { S3_RAW_BUCKET: raw, ETL_SOURCE_PREFIXES: sources, ETL_DESTINATION_PREFIXES: destinations } = parsed.data;
  const rawBase = raw ?? (isLocal ? fileUri(dirname(stateDir)) : undefined);
  const cleanBase = parsed.data.S3_CLEAN_BUCKET ?? joinUri(fileUri(stateDir), 'lake');
  const byDefault = defaultPlaces({ rawBase, cleanBase });
  return {
    ...parsed.data,
    stateDir,
    rawBase,
    cleanBase,
    places: {
      sources: sources ?? byDefault.sources,
      destinations: destinations ?? byDefault.destinations,
      // On the local system, the base folder also contains other files than sources.
      ...(raw !== undefined && { rawBase: raw }),
    },
  };
}
