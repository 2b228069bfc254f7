import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheFolder } from '../cacheFolder';
import { firstExecutable, onPath } from '../onPath';
import { reported } from '../reported';
import { TemporalNotFoundError } from './errors';
import { canHaveTestServer, findTestServer } from './testServer';

const run = promisify(execFile);

/** The latest version that Go can install: later ones have a replace directive, which `go install` rejects. */
const goModule = { path: 'github.com/temporalio/cli', program: 'cmd/temporal', version: 'v1.5.1' };
/** Checksum of the module in Go's checksum database. Go itself verifies the module's dependencies. */
const goSum = 'h1:0RZMk14BWxz44Xg6ciDQvpfAMffoG3J7/K03ql80teY=';
const downloadSeconds = 60;

/** A program of a Temporal server. */
export interface TemporalProgram {
  readonly exe: string;
  /** The test server keeps workflows in memory, and has neither a Web UI nor schedules. */
  readonly kind: 'server' | 'testServer';
}

/** A way to get a program. `undefined`: not available on this machine. */
type Way = (folder: string, log: Logger, signal?: AbortSignal) => Promise<TemporalProgram | undefined>;
type Logger = (line: string) => void;

/**
 * Returns the path of a `temporal` program: from PATH, from the cache, from the SDK's download, or built by Go. Reports
 * slow steps to `log`.
 * @throws TemporalNotFoundError with every reason
 */
export async function findTemporal(log: Logger, signal?: AbortSignal): Promise<string> {
  return (await find({ download, 'go install': goInstall }, log, signal)).exe;
}

/**
 * Returns the program for a demonstration, which prefers a test server from a package registry to building a server with Go
 * for minutes. Reports slow steps to `log`.
 * @throws TemporalNotFoundError with every reason
 */
export async function findDemoServer(log: Logger, signal?: AbortSignal): Promise<TemporalProgram> {
  return find({ download, 'test server': testServer, 'go install': goInstall }, log, signal);
}

async function find(ways: Readonly<Record<string, Way>>, log: Logger, signal?: AbortSignal): Promise<TemporalProgram> {
  const there = await onPath('temporal');
  if (there) return { exe: there, kind: 'server' };
  const folder = join(cacheFolder(), 'temporal');
  const cached = await executableIn(folder);
  if (cached) return { exe: cached, kind: 'server' };

  await mkdir(folder, { recursive: true });
  const reasons: string[] = [];
  for (const [name, way] of Object.entries(ways)) {
    const found = await way(folder, log, signal).catch((error: Error) => {
      reasons.push(`${name}: ${error.message.split('\n', 1)[0]}`);
    });
    signal?.throwIfAborted();
    if (found) return found;
  }
  throw new TemporalNotFoundError(`no Temporal server program: ${reasons.join('; ')}`);
}

const download: Way = async (folder, log, signal) => {
  await reported(log, "Downloading a Temporal server with Temporal's SDK (once)", () => downloadBySdk(folder, signal));
  return serverIn(folder);
};

const testServer: Way = async (_folder, log, signal) => {
  if (!(await canHaveTestServer())) return undefined;
  const exe = await reported(log, "Fetching Temporal's test server with Maven (once)", () => findTestServer(signal));
  return { exe, kind: 'testServer' };
};

const goInstall: Way = async (folder, log, signal) => {
  let compiled = 0;
  const progress = () => `${compiled} packages compiled`;
  await reported(
    log,
    'Building a Temporal server with Go (once, some minutes)',
    () => buildWithGo(folder, () => compiled++, signal),
    progress,
  );
  return serverIn(folder);
};

async function serverIn(folder: string): Promise<TemporalProgram> {
  const exe = await executableIn(folder);
  if (!exe) throw new Error('no program was installed');
  return { exe, kind: 'server' };
}

/**
 * Downloads a server with the SDK. The SDK caches the download but exposes it only as a running server, which is
 * stopped again.
 */
async function downloadBySdk(downloadDir: string, signal?: AbortSignal): Promise<void> {
  // Loaded on demand: the package includes a whole worker, which a machine with a server never needs.
  const { TestWorkflowEnvironment } = require('@temporalio/testing') as typeof import('@temporalio/testing');
  const starting = TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir }, log: { format: 'pretty', level: 'error' } },
  });
  starting.then((env) => env.teardown()).catch(() => undefined);
  const timeout = delay(downloadSeconds * 1000, undefined, { ref: false, ...(signal && { signal }) }).then(() => {
    throw new Error(`no response within ${downloadSeconds} s`);
  });
  timeout.catch(() => undefined);
  const env = await Promise.race([starting, timeout]);
  await env.teardown();
}

async function buildWithGo(folder: string, onPackage: () => void, signal?: AbortSignal): Promise<void> {
  const { path, program, version } = goModule;
  const options = { env: { ...process.env, GOBIN: folder }, maxBuffer: 1 << 24, ...(signal && { signal }) };
  const { stdout } = await run('go', ['mod', 'download', '-json', `${path}@${version}`], options);
  const { Sum: sum } = JSON.parse(stdout) as { readonly Sum?: string };
  if (sum !== goSum) throw new Error(`${path}@${version} has the checksum ${sum}, but ${goSum} is expected`);
  // With -v, Go prints a line for each package that it compiles.
  const building = run('go', ['install', '-v', `${path}/${program}@${version}`], options);
  building.child.stderr?.on('data', (chunk: string) => {
    for (const line of chunk.split('\n')) if (line !== '' && !line.startsWith('go: ')) onPackage();
  });
  await building;
}

async function executableIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  return firstExecutable(names.filter((name) => name.startsWith('temporal')).map((name) => join(folder, name)));
}
