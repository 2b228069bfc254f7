import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import { Client, Connection } from '@temporalio/client';
import { cacheFolder } from '../cacheFolder';
import { checkFiles } from '../checksums';
import { getFreePort, isPortFree } from '../freePort';
import { withLock } from '../lockFile';
import { onPath } from '../onPath';
import { PortTakenError } from './errors';
import { type ServerProcess, startServerProcess } from './serverProcess';

const run = promisify(execFile);

/**
 * Temporal's test server from Maven Central, for machines that reach only package registries. It keeps workflows in
 * memory, and has neither a Web UI nor schedules.
 */
const version = '1.38.0';
const mainClass = 'io.temporal.testserver.TestServer';
const flags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const places = () => {
  const folder = join(cacheFolder(), 'test-server');
  const jars = join(folder, `java-${version}`);
  return { folder, jars, archive: `${jars}.jsa`, script: join(folder, `start-${version}`), lock: `${jars}.lock` };
};

/** Returns whether this machine has the test server, or can fetch it. */
export async function canHaveTestServer(): Promise<boolean> {
  const { jars } = places();
  return (await onPath('java')) !== undefined && (existsSync(jars) || (await onPath('mvn')) !== undefined);
}

/**
 * Returns the path of a script that starts the test server on the port given as its first argument. Fetches the server
 * with Maven if necessary. Waits for another process that is fetching it.
 * @throws Error if Maven fails, or a jar has another checksum than recorded
 */
export async function findTestServer(signal?: AbortSignal): Promise<string> {
  const { folder, jars, script, lock } = places();
  if (existsSync(script)) return script;
  await mkdir(folder, { recursive: true });
  await withLock(
    lock,
    async () => {
      if (!existsSync(jars)) await fetchJars(jars, signal);
      if (!existsSync(script)) await writeScript();
    },
    signal ? { signal } : {},
  );
  return script;
}

async function fetchJars(jars: string, signal?: AbortSignal): Promise<void> {
  const project = await makeScratchFolder(tmpdir(), 'maven');
  const dependency = `<dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${version}</version></dependency>`;
  writeFileSync(
    join(project, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>etl</groupId><artifactId>test-server</artifactId><version>1</version><dependencies>${dependency}</dependencies></project>`,
  );
  const part = `${jars}.part`;
  rmSync(part, { recursive: true, force: true });
  const goal = ['-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${part}`];
  try {
    await run('mvn', goal, { cwd: project, maxBuffer: 1 << 24, ...(signal && { signal }) });
    checkFiles(part, 'jars.sha256');
    renameSync(part, jars);
  } finally {
    await removeScratchFolder(project);
  }
}

async function writeScript(): Promise<void> {
  const { jars, archive, script } = places();
  const classPath = join(jars, '*');
  await archiveClasses(classPath, archive).catch(() => rmSync(archive, { force: true }));
  // A Java version other than the one that wrote the archive ignores it.
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile='${archive}'`, '-Xlog:disable'] : [];
  const command = ['exec java', ...flags, ...shared, '-cp', `'${classPath}'`, mainClass, '"$@"', '>/dev/null 2>&1'];
  const draft = `${script}.draft`;
  writeFileSync(draft, `#!/bin/sh\n${command.join(' ')}\n`);
  chmodSync(draft, 0o755);
  renameSync(draft, script);
}

/**
 * Archives the loaded classes of a server that has done a little of everything: loading and verifying classes takes most
 * of the time of a start.
 * @see JEP 350, "Dynamic CDS Archives"
 */
async function archiveClasses(classPath: string, archive: string): Promise<void> {
  const port = await getFreePort();
  const dump = `-XX:ArchiveClassesAtExit=${archive}`;
  const args = [...flags, dump, '-cp', classPath, mainClass, String(port), '--enable-time-skipping'];
  const server = spawn('java', args, { stdio: 'ignore' });
  const ended = new Promise((resolve, reject) => server.once('exit', resolve).once('error', reject));
  ended.catch(() => undefined);
  try {
    await useOnce(`127.0.0.1:${port}`);
  } finally {
    server.kill();
    await ended;
  }
}

async function useOnce(address: string): Promise<void> {
  const connection = await connected(address);
  try {
    const { workflow } = new Client({ connection });
    const handle = await workflow.start('nothing', { workflowId: 'nothing', taskQueue: 'nothing' });
    await handle.terminate();
    await handle.fetchHistory();
  } finally {
    await connection.close();
  }
}

const connectAttempts = 30;

async function connected(address: string): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Connection.connect({ address, connectTimeout: 1000 });
    } catch (error) {
      if (attempt === connectAttempts) throw error;
      await delay(500);
    }
  }
}

export interface TestServerSettings {
  /** Path of the script from `findTestServer`. */
  readonly exe: string;
  readonly port: number;
  readonly logFile: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the test server on 127.0.0.1, in real time, and returns once it answers.
 * @throws PortTakenError, and the abort reason of the signal
 */
export async function startTestServer({ exe, port, logFile, signal }: TestServerSettings): Promise<ServerProcess> {
  if (!(await isPortFree(port))) throw new PortTakenError(port, 'Temporal server');
  const isReady = async () => {
    try {
      const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1000 });
      await connection.close();
      return true;
    } catch {
      return false;
    }
  };
  return startServerProcess({ exe, args: [String(port)], logFile, isReady, signal });
}
