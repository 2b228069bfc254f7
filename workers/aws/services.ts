import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCloudWatchTaskLogs } from '../../aws/cloudWatchTaskLogs';
import { createLambdaConverter, lambdaClientSettings } from '../../aws/lambdaConverter';
import { createSnsNotifier } from '../../aws/snsNotifier';
import { createSqsDeadLetterBox } from '../../aws/sqsDeadLetterBox';
import { createSqsDeadLetters } from '../../aws/sqsDeadLetters';
import { createSqsEventSource, type SqsEventSourceOptions } from '../../aws/sqsEventSource';
import { type StateChangeQueueOptions, startStateChangeQueue } from '../../aws/stateChangeQueue';

/** What speaks to services of an account, by clients that the SDK's own variables set up. */
export const services = {
  notifier: (topics: Parameters<typeof createSnsNotifier>[1]) => createSnsNotifier(new SNSClient({}), topics),
  deadLetters: (queueUrl: string) => createSqsDeadLetters(new SQSClient({}), queueUrl),
  deadLetterBox: (queueUrl: string) => createSqsDeadLetterBox(new SQSClient({}), queueUrl),
  events: (queueUrl: string, options: SqsEventSourceOptions) =>
    createSqsEventSource(new SQSClient({}), queueUrl, options),
  stateChanges: (queueUrl: string, options: StateChangeQueueOptions) =>
    startStateChangeQueue(new SQSClient({}), queueUrl, options),
  lightConverter: (functionName: string) => createLambdaConverter(new LambdaClient(lambdaClientSettings), functionName),
  taskLogs: (
    findLogStream: Parameters<typeof createCloudWatchTaskLogs>[1],
    log: Parameters<typeof createCloudWatchTaskLogs>[2],
  ) => createCloudWatchTaskLogs((region: string) => new CloudWatchLogsClient({ region }), findLogStream, log),
};
