import {
  CreateClusterCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { etlContainerName } from '@etl/ecs/container';
import { localTaskDefinition } from '../ecsSettings';

export interface StandInClients {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ecs: ECSClient;
}

export interface StandInParts {
  readonly buckets: readonly string[];
  readonly topics: readonly string[];
  readonly deadLetters: string;
  /** Queue that receives the topics' messages for inspection. */
  readonly messages: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly image: string;
  /** Environment of the ETL container, the same for every run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly objects?: readonly SampleObject[];
  /** New objects in the bucket are notified to the queue. */
  readonly landed?: { readonly bucket: string; readonly queue: string };
}

interface SampleObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
}

/** ARNs and URLs that the stand-in assigns. */
export interface StandInPlaces {
  /** By topic name. */
  readonly topicArns: Readonly<Record<string, string>>;
  readonly deadLettersUrl: string;
  readonly messagesUrl: string;
}

/** Creates the pipeline's AWS resources in ministack. Existing resources stay unchanged. */
export async function prepareMinistack(
  { s3, sns, sqs, ecs }: StandInClients,
  parts: StandInParts,
): Promise<StandInPlaces> {
  for (const Bucket of parts.buckets) await s3.send(new CreateBucketCommand({ Bucket })).catch(ignoreOwned);
  for (const object of parts.objects ?? []) await putNew(s3, object);
  if (parts.landed) {
    const { arn: QueueArn } = await makeQueue(sqs, parts.landed.queue);
    const QueueConfigurations = [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }];
    const NotificationConfiguration = { QueueConfigurations };
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: parts.landed.bucket, NotificationConfiguration }),
    );
  }
  const deadLetters = await makeQueue(sqs, parts.deadLetters);
  const messages = await makeQueue(sqs, parts.messages);
  const topicArns: Record<string, string> = {};
  for (const Name of parts.topics) {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: messages.arn }));
    topicArns[Name] = TopicArn;
  }
  await ecs.send(new CreateClusterCommand({ clusterName: parts.cluster }));
  if (!(await isRegistered(ecs, parts))) await register(ecs, parts);
  return { topicArns, deadLettersUrl: deadLetters.url, messagesUrl: messages.url };
}

function ignoreOwned(error: Error): void {
  if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
}

/** A second write would notify a new file. */
async function putNew(s3: S3Client, { bucket, key, body }: SampleObject): Promise<void> {
  const at = { Bucket: bucket, Key: key };
  const isThere = await s3.send(new HeadObjectCommand(at)).then(
    () => true,
    () => false,
  );
  if (!isThere) await s3.send(new PutObjectCommand({ ...at, Body: body }));
}

async function makeQueue(sqs: SQSClient, QueueName: string): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const request = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const { Attributes } = await sqs.send(request);
  return { url, arn: Attributes?.QueueArn ?? '' };
}

/** Returns whether the family's newest revision runs this image. */
async function isRegistered(ecs: ECSClient, { taskDefinition, image }: StandInParts): Promise<boolean> {
  try {
    const response = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    return response.taskDefinition?.containerDefinitions?.[0]?.image === image;
  } catch (error) {
    if ((error as Error).name === 'ClientException') return false;
    throw error;
  }
}

async function register(ecs: ECSClient, { taskDefinition, image, environment }: StandInParts): Promise<void> {
  const definition = localTaskDefinition({});
  const container = {
    ...definition.containerDefinitions?.[0],
    name: etlContainerName,
    image,
    // The builder of definitions rightly rejects credentials in plain text, but the stand-in's credentials are not
    // secret.
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
  };
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...definition,
      family: taskDefinition,
      containerDefinitions: [container],
    }),
  );
}
