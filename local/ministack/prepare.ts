import {
  CreateClusterCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { etlContainerName } from '@etl/pipeline/container';
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
  /** A queue that gets what the topics publish, so that it can be looked at. */
  readonly messages: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly image: string;
  /** Of the ETL's container, whatever the run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly objects?: readonly { readonly bucket: string; readonly key: string; readonly body: string }[];
}

/** What only the stand-in knows of what was made. */
export interface StandInPlaces {
  /** By the topics' names. */
  readonly topicArns: Readonly<Record<string, string>>;
  readonly deadLettersUrl: string;
  readonly messagesUrl: string;
}

/** Makes in ministack what the pipeline finds in AWS. What is there already stays as it is. */
export async function prepareMinistack(
  { s3, sns, sqs, ecs }: StandInClients,
  parts: StandInParts,
): Promise<StandInPlaces> {
  for (const Bucket of parts.buckets) await s3.send(new CreateBucketCommand({ Bucket })).catch(ignoreOwned);
  for (const { bucket, key, body } of parts.objects ?? []) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
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

async function makeQueue(sqs: SQSClient, QueueName: string): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const request = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const { Attributes } = await sqs.send(request);
  return { url, arn: Attributes?.QueueArn ?? '' };
}

/** Whether the family's newest revision runs this image. */
async function isRegistered(ecs: ECSClient, { taskDefinition, image }: StandInParts): Promise<boolean> {
  try {
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    return answer.taskDefinition?.containerDefinitions?.[0]?.image === image;
  } catch (error) {
    if ((error as Error).name === 'ClientException') return false;
    throw error;
  }
}

async function register(ecs: ECSClient, { taskDefinition, image, environment }: StandInParts): Promise<void> {
  const container = {
    ...localTaskDefinition.containerDefinitions?.[0],
    name: etlContainerName,
    image,
    // The builder of definitions refuses credentials in clear, and is right; a stand-in's are none.
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
  };
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...localTaskDefinition,
      family: taskDefinition,
      containerDefinitions: [container],
    }),
  );
}
