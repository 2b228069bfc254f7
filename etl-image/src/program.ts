import { tmpdir } from 'node:os';
import { exitCodes } from '@etl/pipeline/failures';
import { removeScratchFolder } from '@etl/storage/scratchFolder';
import { openScratch } from './chunks/scratchSpace';
import { failureOf } from './config/failures';
import { openEnvironment } from './config/openEnvironment';
import { detectResources } from './config/resources';
import { withRunIdentity } from './config/runIdentity';
import { StoppedError } from './errors';
import { perform } from './perform';
import { log } from './report/log';
import { startPulse } from './report/pulse';

/** How long the work may take to end once it was told to: then the process ends as it stands. */
const patienceSeconds = 8;

/** The container's program: docs/container.md says what it is given and what it answers. */
async function main(): Promise<number> {
  const { env, store } = await openEnvironment(await withRunIdentity(process.env));
  const scratch = await openScratch(env.scratchDir ?? tmpdir());
  const stopPulse = startPulse(scratch);
  const stopping = new AbortController();
  const stop = (by: 'signal' | 'timeout') => {
    const error = new StoppedError(by);
    stopping.abort(error);
    setTimeout(() => process.exit(failureOf(error).exitCode), patienceSeconds * 1000).unref();
  };
  process.on('SIGTERM', () => stop('signal'));
  process.on('SIGINT', () => stop('signal'));
  // The program that reads the log was killed: stop in good order, too.
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
    stopPulse();
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
