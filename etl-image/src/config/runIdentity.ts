import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

type Variables = Readonly<Record<string, string | undefined>>;

const metadataTimeoutMs = 2000;

/**
 * Returns the environment with `RUN_ID` and `RUN_STARTED_AT`, where a launcher gives only the file: the ID of the ECS task,
 * else a random one, and the time at which this process started.
 */
export async function withRunIdentity(env: Variables): Promise<Variables> {
  if (env.RUN_ID && env.RUN_STARTED_AT) return env;
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  return {
    ...env,
    RUN_ID: env.RUN_ID || (await ecsTaskId(env.ECS_CONTAINER_METADATA_URI_V4)) || randomUUID(),
    RUN_STARTED_AT: env.RUN_STARTED_AT || startedAt,
  };
}

/**
 * The ID of the task this container belongs to; undefined outside ECS and when its endpoint does not answer.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
async function ecsTaskId(metadataUri: string | undefined): Promise<string | undefined> {
  if (!metadataUri) return undefined;
  try {
    // `fetch` refuses some ports, among them those that a stand-in for AWS is hidden from browsers with.
    const request = get(`${metadataUri}/task`, { signal: AbortSignal.timeout(metadataTimeoutMs) });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const { TaskARN: arn } = (await json(answer)) as { TaskARN?: unknown };
    return typeof arn === 'string' ? /\/([\w-]{1,100})$/.exec(arn)?.[1] : undefined;
  } catch {
    // A random ID does as well: it only has to be this task's own.
    return undefined;
  }
}
