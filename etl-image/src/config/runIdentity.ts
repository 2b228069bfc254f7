import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

type Variables = Readonly<Record<string, string | undefined>>;

const metadataTimeoutMs = 2000;

/**
 * Returns the environment with `RUN_ID` and `RUN_STARTED_AT`.
 * @default the ID of the ECS task, else a random one, and the start time of this process
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
 * Returns the ID of this container's task; undefined outside ECS and if the metadata endpoint does not respond.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
async function ecsTaskId(metadataUri: string | undefined): Promise<string | undefined> {
  if (!metadataUri) return undefined;
  try {
    // `fetch` blocks some ports, which an AWS emulator may use on purpose to be unreachable from browsers.
    const request = get(`${metadataUri}/task`, { signal: AbortSignal.timeout(metadataTimeoutMs) });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { TaskARN: arn } = (await json(response)) as { TaskARN?: unknown };
    return typeof arn === 'string' ? /\/([\w-]{1,100})$/.exec(arn)?.[1] : undefined;
  } catch {
    // A random ID suffices: it only has to be unique to this task.
    return undefined;
  }
}
