import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient } from '@aws-sdk/client-ecs';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { terminalLine } from '@etl/lib/text/terminal';
import { parseUri } from '@etl/lib/uri';
import { clientSettings } from '@etl/pipeline/awsClients';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { type Config, parseConfig } from '../config/environment';
import { ConfigError } from '../config/errors';
import { prepareMinistack } from '../local/ministack/prepare';

/**
 * Variables passed on to tasks: the access to the stand-in, which a task role gives on AWS, and the places that a task
 * may read and write.
 */
const passedOn = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'S3_RAW_BUCKET', 'S3_CLEAN_BUCKET'];

/**
 * Creates in ministack the resources that the worker's variables name. docker-compose.yml runs it before the worker.
 */
async function main([image, ...rest]: string[]): Promise<void> {
  if (image === undefined || rest.length > 0) {
    throw new UsageError('expected one argument: the image of the tasks');
  }
  if (!process.env.AWS_ENDPOINT_URL)
    throw new UsageError('AWS_ENDPOINT_URL is not set: this program only prepares a stand-in of AWS');
  const config = parseConfig(process.env);
  const raw = bucketOf(config, 'S3_RAW_BUCKET');
  const sample = readFileSync(join(__dirname, '..', '..', 'samples', 'ventas.csv'), 'utf8');
  const clients = {
    // This client makes the first calls, while ministack may still be starting.
    s3: new S3Client({ ...clientSettings('s3'), forcePathStyle: true, maxAttempts: 12 }),
    sns: new SNSClient({ ...clientSettings('sns') }),
    sqs: new SQSClient({ ...clientSettings('sqs') }),
    ecs: new ECSClient({ ...clientSettings('ecs') }),
  };
  await prepareMinistack(clients, {
    buckets: [raw, bucketOf(config, 'S3_CLEAN_BUCKET')],
    topics: [lastPart(config, 'SUCCESS_TOPIC_ARN', ':'), lastPart(config, 'ALERTS_TOPIC_ARN', ':')],
    deadLetters: lastPart(config, 'DLQ_URL', '/'),
    messages: 'etl-messages',
    cluster: named(config, 'ECS_CLUSTER'),
    taskDefinition: named(config, 'ECS_TASK_DEFINITION'),
    image,
    environment: Object.fromEntries(passedOn.map((name) => [name, process.env[name] ?? ''])),
    objects: [{ bucket: raw, key: 'ventas/ventas_2026_02.csv', body: sample }],
    landed: { bucket: raw, queue: lastPart(config, 'INTAKE_QUEUE_URL', '/') },
  });
}

class UsageError extends Error {}

type Key =
  | 'S3_RAW_BUCKET'
  | 'S3_CLEAN_BUCKET'
  | 'SUCCESS_TOPIC_ARN'
  | 'ALERTS_TOPIC_ARN'
  | 'DLQ_URL'
  | 'INTAKE_QUEUE_URL'
  | 'ECS_CLUSTER'
  | 'ECS_TASK_DEFINITION';

function named(config: Config, key: Key): string {
  const value = config[key];
  if (value === undefined) throw new UsageError(`${key} is not set`);
  return value;
}
const lastPart = (config: Config, key: Key, separator: string) => named(config, key).split(separator).at(-1) ?? '';

function bucketOf(config: Config, key: Key): string {
  const uri = parseUri(named(config, key));
  if (uri?.kind !== 's3') throw new UsageError(`${key} is not an S3 bucket`);
  return uri.bucket;
}

main(process.argv.slice(2)).catch((error: Error) => {
  const isUsage = error instanceof UsageError || error instanceof ConfigError;
  const remedy = isUsage
    ? 'Use the arguments and variables of docker-compose.yml'
    : 'Start ministack, or correct AWS_ENDPOINT_URL';
  process.stderr.write(`prepare-ministack: ${terminalLine(error.message)}\nprepare-ministack: ${remedy}\n`);
  process.exitCode = isUsage ? exitCodes.badConfiguration : exitCodes.unavailable;
});
