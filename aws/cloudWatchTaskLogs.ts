import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { lastLines } from '@etl/lib/logTail';
import type { TaskLogs } from '../activities/ports';
import type { FindLogStream, LogStream } from './logStream';
import { whileThrottled } from './whileThrottled';

/** Events per call. With lines of a few hundred bytes, a page stays well below 1 MB. */
const pageSize = 500;
/**
 * Pages read at most, from the end of the stream. Progress lines are filtered out, and a page may be empty although
 * more follow.
 */
const maxPages = 4;
/**
 * Deadline for reading a tail, in milliseconds. The tail is evidence, not the cause, so a run does not wait longer for
 * it.
 */
const timeoutMs = 5000;

export interface Logger {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/**
 * Reads the logs of Fargate tasks from CloudWatch Logs. An unreadable stream is logged as a warning and yields no
 * lines.
 */
export function createCloudWatchTaskLogs(
  clientOf: (region: string) => CloudWatchLogsClient,
  find: FindLogStream,
  logger: Logger,
): TaskLogs {
  const tailOf = async (taskArn: string, lines: number, abortSignal: AbortSignal): Promise<string[]> => {
    const stream = await find(taskArn);
    if (stream !== undefined) return readTail(clientOf(stream.region), stream, lines, abortSignal);
    logger.debug({ taskArn }, 'the task definition has no awslogs configuration: no log lines to show');
    return [];
  };
  return {
    async tail(taskArn, lines) {
      try {
        return await within(timeoutMs, (abortSignal) =>
          whileThrottled(() => tailOf(taskArn, lines, abortSignal), abortSignal),
        );
      } catch (error) {
        const { name, message } = error as Error;
        logger.warn({ taskArn, error: `${name}: ${message}` }, 'the log of the task could not be read');
        return [];
      }
    },
  };
}

async function readTail(
  client: CloudWatchLogsClient,
  { group, stream }: LogStream,
  lines: number,
  abortSignal: AbortSignal,
): Promise<string[]> {
  let found: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < maxPages && found.length < lines; page++) {
    const request = {
      logGroupName: group,
      logStreamName: stream,
      startFromHead: false,
      limit: pageSize,
      ...(nextToken !== undefined && { nextToken }),
    };
    const { events = [], nextBackwardToken } = await client.send(new GetLogEventsCommand(request), { abortSignal });
    const older = events.flatMap(({ message = '' }) => message.split('\n'));
    found = lastLines([...older, ...found], lines);
    // CloudWatch Logs returns the same token at the beginning of a stream.
    if (nextBackwardToken === undefined || nextBackwardToken === nextToken) break;
    nextToken = nextBackwardToken;
  }
  return found;
}

/** Bounds work by a deadline, even if the work ignores its abort signal. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error(`no response within ${ms} ms`)), ms);
  const tooLate = new Promise<never>((_, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason));
  });
  try {
    return await Promise.race([work(giveUp.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
