import { tmpdir } from 'node:os';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { removeScratchFolder } from '@etl/storage/scratchFolder';
import { openScratch } from './chunks/scratchSpace';
import { failureOf } from './config/failures';
import { openEnvironment } from './config/openEnvironment';
import { detectResources } from './config/resources';
import { withRunIdentity } from './config/runIdentity';
import { StoppedError } from './errors';
import { perform } from './perform';
import { startHeartbeat } from './report/heartbeat';
import { log } from './report/log';

/** Time to stop after an interruption, before the process exits. ECS sends SIGKILL after 30 s by default. */
const shutdownGraceSeconds = 8;

/** The container's program. @see docs/container.md for its environment, output and exit codes */
async function main(): Promise<number> {
  const { env, store } = await openEnvironment(await withRunIdentity(process.env));
  const scratch = await openScratch(env.scratchDir ?? tmpdir());
  const stopHeartbeat = startHeartbeat(scratch);
  const stopping = new AbortController();
  const stop = (by: 'signal' | 'timeout') => {
    const error = new StoppedError(by);
    stopping.abort(error);
    setTimeout(() => process.exit(failureOf(error).exitCode), shutdownGraceSeconds * 1000).unref();
  };
  process.on('SIGTERM', () => stop('signal'));
  process.on('SIGINT', () => stop('signal'));
  // The reader of the log has exited: shut down in order, too.
  process.stdout.on('error', () => stop('signal'));
  process.stderr.on('error', () => undefined);
  const timer = setTimeout(() => stop('timeout'), Math.min(env.timeoutSeconds * 1000, 2 ** 31 - 1));
  try {
    const done = await perform({
      env,
      store,
      scratch,
      resources: detectResources(),
      log,
      signal: stopping.signal,
    });
    log({ event: 'finished', ...done });
    return exitCodes.done;
  } finally {
    clearTimeout(timer);
    stopHeartbeat();
    await removeScratchFolder(scratch);
  }
}

main()
  .catch((error: unknown) => {
    const failure = failureOf(error);
    log({ event: 'failed', ...failure });
    return failure.exitCode;
  })
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
