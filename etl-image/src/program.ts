import { failureOf } from './config/failures';
import { detectResources } from './config/resources';
import { StoppedError } from './errors';
import { launch } from './launch';
import { logTo } from './report/log';

/** Time to stop after an interruption, before the process exits. ECS sends SIGKILL after 30 s by default. */
const shutdownGraceSeconds = 8;

/** The container's program. @see docs/container.md for its environment, output and exit codes */
async function main(): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  signal.addEventListener('abort', () => {
    setTimeout(() => process.exit(failureOf(signal.reason).exitCode), shutdownGraceSeconds * 1000).unref();
  });
  const stop = () => stopping.abort(new StoppedError('signal'));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The reader of the log has exited: shut down in order, too.
  process.stdout.on('error', stop);
  process.stderr.on('error', () => undefined);
  const log = logTo(process.stdout, process.stderr);
  process.exitCode = await launch(process.env, { log, resources: detectResources(), stopping });
}

void main();
