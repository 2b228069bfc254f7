import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { TaskLogReader } from '../activities/ports';
import type { FindLogStream } from './logStream';

/** Reads the complete logs of Fargate tasks from CloudWatch Logs. A task that never started has no log stream. */
export function createCloudWatchLogReader(
  clientOf: (region: string) => CloudWatchLogsClient,
  find: FindLogStream,
): TaskLogReader {
  return {
    async read(taskArn, after) {
      const found = await find(taskArn);
      if (!found) return undefined;
      const { region, group, stream } = found;
      try {
        const { events = [], nextForwardToken = '' } = await clientOf(region).send(
          new GetLogEventsCommand({
            logGroupName: group,
            logStreamName: stream,
            startFromHead: true,
            ...(after !== undefined && { nextToken: after }),
          }),
        );
        const lines = events.flatMap(({ message = '' }) => message.split('\n'));
        // At the end of a stream, CloudWatch Logs returns the token that it was given.
        return { lines, next: nextForwardToken, isEnd: nextForwardToken === after };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}
