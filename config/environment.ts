import { dirname, resolve } from 'node:path';
import { sizeProblem } from '@etl/ecs/sizes';
import { fileUri } from '@etl/lib/fileUri';
import { parseJson } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import { isTimeZone } from '@etl/lib/timeZones';
import { bucketUri, canonicalUri, joinUri, trimSlashes } from '@etl/lib/uri';
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
  context.addIssue({ code: 'custom', message: 'is neither a bucket name nor an s3:// or file:/// URI' });
  return z.NEVER;
});

/** Comma-separated buckets and prefixes. */
const prefixes = list.pipe(z.array(bucket));

/** A URI, or a path on this machine. */
const folder = z.string().transform((text, context) => {
  if (!text.includes('://')) return fileUri(resolve(text));
  const uri = canonicalUri(text);
  if (uri !== undefined) return trimSlashes(uri);
  context.addIssue({ code: 'custom', message: 'is neither a path nor an s3:// or file:/// URI' });
  return z.NEVER;
});

const units = z.coerce.number('is not a number').int('is not a whole number').positive('must be greater than 0');

const arn = z.string().startsWith('arn:', 'is not an ARN');

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
  context.addIssue({ code: 'custom', message: 'is not a JSON object' });
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
      'Base of relative `s3Key` values: a bucket, or an `s3://` or `file:///` URI. Default on the local system: the folder that contains the state folder',
    ),
  S3_CLEAN_BUCKET: bucket
    .optional()
    .describe('Default destination of batches: a bucket, or an `s3://` or `file:///` URI'),
  ETL_SOURCE_PREFIXES: prefixes
    .optional()
    .describe(
      'Allowed locations of sources: buckets, and `s3://` or `file:///` prefixes, separated by commas. Default: the base of relative `s3Key` values. `etl up` adds `file:///`',
    ),
  ETL_DESTINATION_PREFIXES: prefixes
    .optional()
    .describe('Allowed destinations, in the same form. Default: `S3_CLEAN_BUCKET`. `etl up` adds `file:///`'),
  ETL_DATASETS: folder
    .optional()
    .describe(
      'Folder of the [dataset declarations](datasets.md): a path, or an `s3://` or `file:///` URI. Default on a local system, and for workers of `etl up`: `datasets` in the folder that contains the state folder',
    ),
  ECS_CLUSTER: z.string().min(1).optional().describe('ECS cluster of the tasks'),
  ECS_TASK_DEFINITION: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Task definition with a container named `etl-worker`: its name or ARN, or a file to register it from (`….json`, `file:…`)',
    ),
  ECS_SUBNETS: list.optional().describe('Subnets of the tasks, separated by commas'),
  ECS_SECURITY_GROUPS: list.optional().describe('Security groups of the tasks, separated by commas'),
  ECS_ASSIGN_PUBLIC_IP: z
    .enum(['ENABLED', 'DISABLED'])
    .default('DISABLED')
    .describe('`ENABLED` if tasks reach the image registry through a public subnet'),
  ECS_TASK_CPU: units
    .optional()
    .describe('CPU units of a task in the state machine; 1024 units are one vCPU (`etl asl`)'),
  ECS_TASK_MEMORY: units.optional().describe('Memory of a task in the state machine, in MiB (`etl asl`)'),
  ECS_SPOT: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: the state machine runs its tasks on Spot, without a fallback to on-demand capacity (`etl asl`)'),
  VALIDATE_INPUT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Name or ARN of the Lambda function by which the state machine validates its input (`etl asl`)'),
  CONFIRM_COMMIT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Name or ARN of the Lambda function by which the state machine confirms the commit (`etl asl`)'),
  APPLY_SINKS_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Name or ARN of the Lambda function by which the state machine applies the commit to sinks (`etl asl`)'),
  LIGHT_FUNCTION: z
    .string()
    .min(1)
    .optional()
    .describe('Name or ARN of the Lambda function that converts small files (`dist/lambda/convert`)'),
  ETL_LIGHT_LANE: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      '`auto`: small files are converted by `LIGHT_FUNCTION` if it is set, or by a process of the worker if `ECS_CLUSTER` is not set; `off`: every file is converted by a task',
    ),
  ETL_LIGHT_LIMIT_MB: z.coerce
    .number('is not a number')
    .positive('must be greater than 0')
    .max(lightLimits.mostBytes / 1e6, `must be at most ${lightLimits.mostBytes / 1e6}`)
    .default(defaultLightLimitBytes / 1e6)
    .describe('Maximum decoded size of a file in the light lane, in megabytes (10^6 bytes)'),
  ETL_LIGHT_CONCURRENCY: units
    .optional()
    .describe(
      'Maximum number of concurrent light-lane conversions on one worker. Default: 100 function invocations, or one process per processor',
    ),
  ETL_TASK_SIZE: z
    .enum(['policy', 'definition'])
    .default('policy')
    .describe(
      'What sets the size of a task if the event does not: the routing policy (`policy`), or the task definition (`definition`)',
    ),
  ETL_SPOT: z
    .enum(['true', 'false'])
    .default('true')
    .describe(
      'Capacity of tasks if the event does not set it. `true`: Spot, and on-demand after Spot interruptions; `false`: on-demand',
    ),
  ETL_PRICES: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file whose values replace built-in [prices](cost.md#prices), for another region or a discount'),
  ECS_EVENTS_QUEUE_URL: z
    .url('is not a URL')
    .optional()
    .describe(
      'SQS queue with the task state change events of ECS. With it, workers detect stopped tasks at once, and polling is the fallback',
    ),
  ECS_LAUNCHES_PER_SECOND: z.coerce
    .number('is not a number')
    .positive('must be greater than 0')
    .default(transform.launchesPerSecond)
    .describe(
      'Maximum number of launches per second of all workers together. Other launches wait in order of priority',
    ),
  SUCCESS_TOPIC_ARN: arn.optional().describe('SNS topic for delivered batches'),
  ALERTS_TOPIC_ARN: arn.optional().describe('SNS topic for all other notifications'),
  DLQ_URL: z.url('is not a URL').optional().describe('SQS dead-letter queue for failed events'),
  INTAKE_QUEUE_URL: z
    .url('is not a URL')
    .optional()
    .describe('SQS queue with the events of landed files. Each file starts a pipeline (docs/intake.md)'),
  INTAKE_FOLDER: z.string().min(1).optional().describe('Local folder in which each landed file starts a pipeline'),
  INTAKE_PREFIX: z.string().min(1).optional().describe('Prefix of the keys that the intake accepts'),
  INTAKE_MATCH: z
    .string()
    .min(1)
    .optional()
    .describe('Glob (`*`, `?`) for the names of the files that the intake accepts. Default: all names of data files'),
  INTAKE_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is not a time zone: use an IANA name such as Europe/Madrid')
    .default('UTC')
    .describe('Time zone of the batch date of a landed file whose key contains no date'),
  INTAKE_DETAIL: jsonDetail
    .optional()
    .describe('JSON object with event keys for all files of the intake, such as `columns` or `dialect`'),
  INTAKE_MAX_OPEN: units
    .default(2000)
    .describe('Maximum number of open pipelines. While it is reached, the intake receives no messages'),
  INTAKE_MAX_RECEIVES: units
    .default(20)
    .describe(
      'Maximum number of receives of a message that Temporal rejects. The message then goes to the dead-letter queue',
    ),
  INTAKE_HIDDEN_SECONDS: units
    .max(43_200, 'must be at most 43200')
    .default(60)
    .describe('Seconds until a message is redelivered after the worker that received it has died'),
  ETL_PAYLOAD_KEYS: z
    .string()
    .superRefine((text, context) => {
      const specs = readKeySpecs(text);
      if (typeof specs === 'string') context.addIssue({ code: 'custom', message: specs });
    })
    .optional()
    .describe(
      'Keys that encrypt the payloads that Temporal stores: `id:base64,…` or a JSON object. The first key encrypts, all keys decrypt. `kms:` precedes a key that AWS KMS has encrypted ([security.md](security.md#encrypted-payloads))',
    ),
  ETL_MESSAGE_LANGUAGE: z
    .enum(Object.keys(languages) as [MessageLanguage, ...MessageLanguage[]])
    .default(defaultLanguage)
    .describe(`Language of notifications: ${languageNames}. The functions of the state machine need the same setting`),
  OPENLINEAGE_URL: z
    .string()
    .regex(/^(https?:\/\/|file:\/\/\/)/, 'is neither an http://, https:// nor file:/// URL')
    .optional()
    .describe(
      'Collector of [OpenLineage](datasets.md#lineage) events: its base URL, or a `file:///` path to which events are appended',
    ),
  OPENLINEAGE_API_KEY: z.string().min(1).optional().describe('Key that the collector requires, sent as a bearer token'),
  OPENLINEAGE_NAMESPACE: z.string().min(1).default('etl').describe('Namespace of the jobs in OpenLineage events'),
  TEMPORAL_UI_URL: z.url('is not a URL').optional().describe('Address of the Web UI, for links in messages'),
  ETL_STATE_DIR: z.string().min(1).default(localDefaults.stateDir).describe('State folder of the local system'),
  ETL_TIME_SCALE: z.coerce
    .number('is not a number')
    .positive('must be greater than 0')
    .max(1, 'must be at most 1')
    .default(1)
    .describe('Factor for the waits between polls and launches in rehearsals: 0.01 shortens 60 s to 0.6 s'),
  ETL_POLL_SECONDS: z.coerce
    .number('is not a number')
    .positive('must be greater than 0')
    .default(transform.pollSeconds)
    .describe(
      'Seconds between two polls of a task. One interval has at most 4 DescribeTasks calls of 100 tasks each, so more tasks are polled less often. A value below 1 does not increase the maximum call rate',
    ),
  ETL_CREDENTIAL_SECONDS: z.coerce
    .number('is not a number')
    .nonnegative('must not be negative')
    .default(credentials.retrySeconds)
    .describe(
      'Seconds for which calls with rejected or unavailable AWS credentials are retried. The run then fails as `BadConfiguration`. A missing permission is never retried',
    ),
  ETL_METRICS_ADDRESS: z
    .string()
    .regex(/^[\w.-]+:\d+$/, 'is not of the form host:port')
    .optional()
    .describe('Address at which the worker serves [metrics](monitoring.md) for Prometheus, e.g. `127.0.0.1:9464`'),
  ETL_SHUTDOWN_GRACE_SECONDS: z.coerce
    .number('is not a number')
    .nonnegative('must not be negative')
    .default(10)
    .describe('Seconds that a stopping worker waits for running activities'),
  ETL_KEEP_COMMITS_DAYS: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .nonnegative('must not be negative')
    .default(7)
    .describe(
      'Days for which `etl vacuum` keeps the data of replaced commits, for queries and sinks that still read them ([sinks.md](sinks.md#retention))',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Minimum level of the structured log'),
} as const;

/** Variables whose values never appear in messages. */
const secrets: readonly string[] = ['ETL_PAYLOAD_KEYS', 'OPENLINEAGE_API_KEY'];

const schema = z.object(variables).superRefine((config, context) => {
  const requireTogether = (...keys: (keyof typeof variables)[]) => {
    const missing = keys.filter((key) => config[key] === undefined);
    if (missing.length === 0 || missing.length === keys.length) return;
    for (const key of missing) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `is missing: set ${keys.join(', ')} together`,
      });
    }
  };
  requireTogether('ECS_CLUSTER', 'ECS_TASK_DEFINITION', 'ECS_SUBNETS');
  requireTogether('SUCCESS_TOPIC_ARN', 'ALERTS_TOPIC_ARN');
  requireTogether('ECS_TASK_CPU', 'ECS_TASK_MEMORY');
  const { S3_RAW_BUCKET: raw, S3_CLEAN_BUCKET: clean } = config;
  if (raw !== undefined && clean !== undefined && isWithin(clean, raw)) {
    const message = `contains S3_RAW_BUCKET, ${raw}, so batches could be published among the sources: choose a location that does not contain it`;
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
  /** URI of the folder of the dataset declarations; undefined: none are declared. */
  readonly datasetsFolder: string | undefined;
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
  const datasetsFolder =
    parsed.data.ETL_DATASETS ?? (isLocal ? joinUri(fileUri(dirname(stateDir)), 'datasets') : undefined);
  const rawBase = raw ?? (isLocal ? fileUri(dirname(stateDir)) : undefined);
  const cleanBase = parsed.data.S3_CLEAN_BUCKET ?? joinUri(fileUri(stateDir), 'lake');
  const byDefault = defaultPlaces({ rawBase, cleanBase });
  return {
    ...parsed.data,
    stateDir,
    rawBase,
    cleanBase,
    datasetsFolder,
    places: {
      sources: sources ?? byDefault.sources,
      destinations: destinations ?? byDefault.destinations,
      // On the local system, the base folder also contains other files than sources.
      ...(raw !== undefined && { rawBase: raw }),
    },
  };
}
