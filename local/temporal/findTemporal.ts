import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheFolder } from '../cacheFolder';
import { firstExecutable, onPath } from '../onPath';
import { TemporalNotFoundError } from './errors';

const run = promisify(execFile);

/** The latest version that Go can install: later ones have a replace directive, which `go install` rejects. */
const goModule = { path: 'github.com/temporalio/cli', program: 'cmd/temporal', version: 'v1.5.1' };
/** Checksum of the module in Go's checksum database. Go itself verifies the module's dependencies. */
const goSum = 'h1:0RZMk14BWxz44Xg6ciDQvpfAMffoG3J7/K03ql80teY=';
const downloadSeconds = 60;

/**
 * Returns the path of a `temporal` program: from PATH, from the cache, from the SDK's download, or built by Go. `say`
 * receives a line before slow steps.
 * @throws TemporalNotFoundError with every reason
 */
export async function findTemporal(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const there = await onPath('temporal');
  if (there) return there;
  const folder = join(cacheFolder(), 'temporal');
  const cached = await executableIn(folder);
  if (cached) return cached;

  await mkdir(folder, { recursive: true });
  const reasons: string[] = [];
  for (const [what, fetch] of [
    ["Downloading a Temporal server with Temporal's SDK (once) …", download],
    ['Building a Temporal server with Go (once, about two minutes) …', goInstall],
  ] as const) {
    say(what);
    const reason = await fetch(folder, signal).then(
      () => undefined,
      (error: Error) => error.message.split('\n', 1)[0],
    );
    signal?.throwIfAborted();
    const found = await executableIn(folder);
    if (found) return found;
    reasons.push(reason ?? 'nothing arrived');
  }
  throw new TemporalNotFoundError(`no Temporal server program: download: ${reasons[0]}; go install: ${reasons[1]}`);
}

/**
 * Downloads a server with the SDK. The SDK caches the download but exposes it only as a running server, which is
 * stopped again.
 */
async function download(downloadDir: string, signal?: AbortSignal): Promise<void> {
  // Loaded on demand: the package includes a whole worker, which a machine with a server never needs.
  const { TestWorkflowEnvironment } = require('@temporalio/testing') as typeof import('@temporalio/testing');
  const starting = TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir }, log: { format: 'pretty', level: 'error' } },
  });
  starting.then((env) => env.teardown()).catch(() => undefined);
  const timeout = delay(downloadSeconds * 1000, undefined, { ref: false, ...(signal && { signal }) }).then(() => {
    throw new Error(`no answer within ${downloadSeconds} s`);
  });
  timeout.catch(() => undefined);
  const env = await Promise.race([starting, timeout]);
  await env.teardown();
}

async function goInstall(folder: string, signal?: AbortSignal): Promise<void> {
  const { path, program, version } = goModule;
  const options = { env: { ...process.env, GOBIN: folder }, maxBuffer: 1 << 24, ...(signal && { signal }) };
  const { stdout } = await run('go', ['mod', 'download', '-json', `${path}@${version}`], options);
  const { Sum: sum } = JSON.parse(stdout) as { readonly Sum?: string };
  if (sum !== goSum) throw new Error(`${path}@${version} has the checksum ${sum}, and ${goSum} is expected`);
  await run('go', ['install', `${path}/${program}@${version}`], options);
}

async function executableIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  return firstExecutable(names.filter((name) => name.startsWith('temporal')).map((name) => join(folder, name)));
}
