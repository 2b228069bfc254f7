import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * A Node runtime for functions with a `provided` runtime: the process that is started as `bootstrap` and fetches one
 * event after another.
 * @see AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"
 */
const { AWS_LAMBDA_RUNTIME_API: api = '', LAMBDA_TASK_ROOT: folder = '', _HANDLER: entry = '' } = process.env;

type Handler = (event: unknown) => Promise<unknown>;

async function main(): Promise<void> {
  let handler: Handler;
  try {
    handler = load();
  } catch (error) {
    await call('POST', 'init/error', asError(error));
    throw error;
  }
  for (;;) {
    const next = await call('GET', 'invocation/next');
    const invocation = `invocation/${next.headers['lambda-runtime-aws-request-id']}`;
    const event: unknown = JSON.parse(await text(next));
    await handler(event).then(
      (response) => call('POST', `${invocation}/response`, response),
      (error: unknown) => call('POST', `${invocation}/error`, asError(error)),
    );
  }
}

function load(): Handler {
  const [module = '', name = ''] = entry.split('.');
  const exported = (require(join(folder, module)) as Record<string, Handler | undefined>)[name];
  if (!exported) throw new Error(`${entry} is not a function`);
  return exported;
}

/** `Retry` and `Catch` of a state machine match the error's name. */
function asError(error: unknown) {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

async function call(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    // The long poll for an event has no timeout.
    request(`http://${api}/2018-06-01/runtime/${path}`, { method }, resolve)
      .once('error', reject)
      .end(method === 'GET' ? undefined : JSON.stringify(body ?? null));
  });
  if (method !== 'GET') response.resume();
  return response;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
