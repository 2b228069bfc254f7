import { tmpdir } from 'node:os';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { loadS3Store } from '@etl/storage/openStore';
import { removeScratchFolder } from '@etl/storage/scratchFolder';
import { openScratch } from './chunks/scratchSpace';
import { failureOf } from './config/failures';
import { openEnvironment, type Variables } from './config/openEnvironment';
import type { Resources } from './config/resources';
import { withRunIdentity } from './config/runIdentity';
import { StoppedError } from './errors';
import { perform } from './perform';
import { startHeartbeat } from './report/heartbeat';
import type { Log } from './report/log';

export interface Host {
  readonly log: Log;
  readonly resources: Resources;
  /** Abort it with a `StoppedError` to stop the launch in order. The launch aborts it at its own timeout. */
  readonly stopping: AbortController;
  /** @default the SDK's standard variables of this process */
  readonly openS3?: typeof loadS3Store;
}

/** Runs one launch of the container and logs its end. Returns the exit code. @see docs/container.md */
export async function launch(variables: Variables, host: Host): Promise<number> {
  try {
    await run(variables, host);
    return exitCodes.done;
  } catch (error) {
    const failure = failureOf(error);
    host.log({ event: 'failed', ...failure });
    return failure.exitCode;
  }
}

async function run(variables: Variables, { log, resources, stopping, openS3 = loadS3Store }: Host): Promise<void> {
  const { env, store } = await openEnvironment(await withRunIdentity(variables), openS3);
  const scratch = await openScratch(env.scratchDir ?? tmpdir());
  const stopHeartbeat = startHeartbeat(scratch);
  const timeoutMs = Math.min(env.timeoutSeconds * 1000, 2 ** 31 - 1);
  const timer = setTimeout(() => stopping.abort(new StoppedError('timeout')), timeoutMs);
  try {
    const { signal } = stopping;
    signal.throwIfAborted();
    log({ event: 'finished', ...(await perform({ env, store, scratch, resources, log, signal })) });
  } finally {
    clearTimeout(timer);
    stopHeartbeat();
    await removeScratchFolder(scratch);
  }
}
