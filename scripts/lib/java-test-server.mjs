// The time-skipping test server from Maven Central, for machines that cannot download it as a program.
import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { checkFiles } from './checksums.mjs';
import { root } from './ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const run = promisify(execFile);
const version = '1.38.0';
const main = 'io.temporal.testserver.TestServer';
const flags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** The script that starts the server, where a run before this one has left it in `folder`. */
export const startScript = (folder) => join(folder, `start-${version}`);

/** The jars of the server and of what it needs, wherever Maven has put them. */
export const jarFolder = (folder) => join(folder, `java-${version}`);

/** Needs Java and Maven. Throws for a jar whose checksum is another one than recorded. */
export async function fetchJars(folder) {
  const { makeScratchFolder } = require('./storage/dist/scratchFolder.js');
  const project = await makeScratchFolder(tmpdir(), 'maven');
  const dependency = `<dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${version}</version></dependency>`;
  writeFileSync(
    join(project, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>etl</groupId><artifactId>test-server</artifactId><version>1</version><dependencies>${dependency}</dependencies></project>`,
  );
  const goal = ['-q', 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  const part = `${jarFolder(folder)}.part`;
  rmSync(part, { recursive: true, force: true });
  await run('mvn', [...goal, `-DoutputDirectory=${part}`], { cwd: project, maxBuffer: 1 << 24 });
  checkFiles(part, 'jars.sha256');
  renameSync(part, jarFolder(folder));
  rmSync(project, { recursive: true, force: true });
}

/** Writes the script for jars that are there, and returns its path. */
export async function writeStartScript(folder) {
  const classPath = join(jarFolder(folder), '*');
  const archive = `${jarFolder(folder)}.jsa`;
  await archiveClasses(classPath, archive).catch(() => rmSync(archive, { force: true }));
  // Another Java than the one that wrote the archive says so, and does without.
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile='${archive}'`, '-Xlog:disable'] : [];
  const command = ['exec java', ...flags, ...shared, '-cp', `'${classPath}'`, main, '"$@"', '>/dev/null 2>&1'];
  writeFileSync(startScript(folder), `#!/bin/sh\n${command.join(' ')}\n`);
  chmodSync(startScript(folder), 0o755);
  return startScript(folder);
}

/**
 * Keeps the classes of a server that has done a little of everything: to load them from jars and to verify them is most of
 * what a start takes. Source: JEP 350, "Dynamic CDS Archives".
 */
async function archiveClasses(classPath, archive) {
  const { getFreePort } = require('./dist/local/freePort.js');
  const port = await getFreePort();
  const dump = `-XX:ArchiveClassesAtExit=${archive}`;
  const args = [...flags, dump, '-cp', classPath, main, String(port), '--enable-time-skipping'];
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

async function useOnce(address) {
  const { Client, Connection } = require('@temporalio/client');
  const connection = await connected(Connection, address);
  try {
    const { workflow } = new Client({ connection });
    const handle = await workflow.start('nothing', { workflowId: 'nothing', taskQueue: 'nothing' });
    await handle.terminate();
    await handle.fetchHistory();
  } finally {
    await connection.close();
  }
}

async function connected(Connection, address) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Connection.connect({ address, connectTimeout: 1000 });
    } catch (error) {
      if (attempt === 30) throw error;
      await sleep(500);
    }
  }
}
