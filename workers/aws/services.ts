import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '@etl/pipeline/awsClients';
import { createCloudWatchLogReader } from '../../aws/cloudWatchLogReader';
import { createCloudWatchTaskLogs } from '../../aws/cloudWatchTaskLogs';
import { createLambdaConverter } from '../../aws/lambdaConverter';
import { sinkWriters } from '../../aws/sinks/sinkServices';
import { createSnsNotifier } from '../../aws/snsNotifier';
import { createSqsDeadLetterBox } from '../../aws/sqsDeadLetterBox';
import { createSqsDeadLetters } from '../../aws/sqsDeadLetters';
import { describeQueue } from '../../aws/sqsDepth';
import { createSqsEventSource, type SqsEventSourceOptions } from '../../aws/sqsEventSource';
import { type StateChangeQueueOptions, startStateChangeQueue } from '../../aws/stateChangeQueue';

/**
 * Adapters of AWS services. The SDK's own variables configure their clients. `concurrency` is the maximum of calls at
 * once.
 */
export const services = {
  notifier: (topics: Parameters<typeof createSnsNotifier>[1], concurrency?: number) =>
    createSnsNotifier(new SNSClient({ ...clientSettings('sns', { concurrency }) }), topics),
  deadLetters: (queueUrl: string, concurrency?: number) => createSqsDeadLetters(sqsClient(concurrency), queueUrl),
  deadLetterBox: (queueUrl: string) => createSqsDeadLetterBox(sqsClient(), queueUrl),
  events: (queueUrl: string, options: SqsEventSourceOptions, concurrency?: number) =>
    createSqsEventSource(sqsClient(concurrency), queueUrl, options),
  /** Returns a function that reads the depth of a queue. */
  queueDepth: (queueUrl: string) => {
    const client = sqsClient();
    return async () => (await describeQueue(client, queueUrl)).depth;
  },
  stateChanges: (queueUrl: string, options: StateChangeQueueOptions) =>
    startStateChangeQueue(sqsClient(), queueUrl, options),
  lightConverter: (functionName: string, concurrency?: number) =>
    createLambdaConverter(new LambdaClient({ ...clientSettings('lambda', { concurrency }) }), functionName),
  sinks: sinkWriters,
  taskLogs: (
    findLogStream: Parameters<typeof createCloudWatchTaskLogs>[1],
    log: Parameters<typeof createCloudWatchTaskLogs>[2],
    concurrency?: number,
  ) => createCloudWatchTaskLogs(logsClients(concurrency), findLogStream, log),
  taskLogReader: (findLogStream: Parameters<typeof createCloudWatchLogReader>[1]) =>
    createCloudWatchLogReader(logsClients(), findLogStream),
};

const sqsClient = (concurrency?: number): SQSClient => new SQSClient({ ...clientSettings('sqs', { concurrency }) });

/** Returns one client for each region, so that all tasks of a region reuse its sockets. */
function logsClients(concurrency?: number): (region: string) => CloudWatchLogsClient {
  const clients = new Map<string, CloudWatchLogsClient>();
  return (region) => {
    const client =
      clients.get(region) ?? new CloudWatchLogsClient({ ...clientSettings('logs', { concurrency }), region });
    clients.set(region, client);
    return client;
  };
}
