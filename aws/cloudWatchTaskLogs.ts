import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { lastLines } from '@etl/lib/logTail';
import type { TaskLogs } from '../activities/ports';
import type { FindLogStream, LogStream } from './logStream';
import { whileThrottled } from './whileThrottled';

/** Events a call; with lines of a few hundred bytes that is well below a megabyte. */
const pageSize = 500;
/** Progress is left out, and a page may be empty though there is more: so many pages are looked at, from the end. */
const maxPages = 4;
/** The tail is evidence, not the cause: a run does not wait for it longer than that. */
const patienceMs = 5000;

export interface Say {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** The logs of tasks on Fargate, from CloudWatch Logs. A stream that cannot be read is logged, and gives no lines. */
export function createCloudWatchTaskLogs(
  clientOf: (region: string) => CloudWatchLogsClient,
  find: FindLogStream,
  say: Say,
): TaskLogs {
  const tailOf = async (taskArn: string, lines: number, abortSignal: AbortSignal): Promise<string[]> => {
    const stream = await find(taskArn);
    if (stream !== undefined) return readTail(clientOf(stream.region), stream, lines, abortSignal);
    say.debug({ taskArn }, 'the task definition has no awslogs configuration: no log lines to show');
    return [];
  };
  return {
    async tail(taskArn, lines) {
      try {
        return await within(patienceMs, (abortSignal) =>
          whileThrottled(() => tailOf(taskArn, lines, abortSignal), abortSignal),
        );
      } catch (error) {
        const { name, message } = error as Error;
        say.warn({ taskArn, error: `${name}: ${message}` }, 'the log of the task could not be read');
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
    // The beginning of a stream is reached when the token comes back.
    if (nextBackwardToken === undefined || nextBackwardToken === nextToken) break;
    nextToken = nextBackwardToken;
  }
  return found;
}

/** Gives up on work that does not heed its signal either. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error(`no answer within ${ms} ms`)), ms);
  const tooLate = new Promise<never>((_, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason));
  });
  try {
    return await Promise.race([work(giveUp.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
