import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { checkNamespace, connectClient, temporalOptions } from '../config/connection';
import { parseConfig } from '../config/environment';
import { explain } from '../config/explain';
import { localDefaults } from '../config/localDefaults';
import { getFreePort, isPortFree } from '../local/freePort';
import { runningSystems } from '../local/system/localSystems';
import { etlCommand, temporalProgram } from './hints';

export interface Check {
  readonly name: string;
  /** `optional`: missing, but only some features need it. */
  readonly state: 'ok' | 'optional' | 'missing';
  readonly fact: string;
  /** The command that fixes it. */
  readonly remedy?: string;
}

const run = promisify(execFile);
const minFreeGB = 2;

/** Returns the folder or its nearest existing ancestor: a check must not create a state folder. */
function firstExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : firstExisting(dirname(folder));
}

/** Checks of `etl doctor`, in the order of its output. */
export const checks: readonly (() => Promise<Check>)[] = [
  async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const recent = major > 20 || (major === 20 && minor >= 20);
    const state = recent ? 'ok' : 'missing';
    return {
      name: 'Node.js',
      state,
      fact: process.versions.node,
      ...(!recent && { remedy: 'Install Node.js 20.20 or later' }),
    };
  },
  async () => {
    try {
      parseConfig(process.env);
      return { name: 'Configuration', state: 'ok', fact: 'all variables that are set are valid' };
    } catch (error) {
      const fact = (error as Error).message;
      return {
        name: 'Configuration',
        state: 'missing',
        fact,
        remedy: 'Fix the variables listed above; docs/configuration.md describes them',
      };
    }
  },
  async () => {
    const { stateDir } = parseConfigOrDefault();
    try {
      const existing = firstExisting(stateDir);
      await access(existing, constants.W_OK);
      const { bavail, bsize } = await statfs(existing);
      const free = (bavail * bsize) / 1e9;
      const fact = `${stateDir}, ${free.toFixed(1)} GB free`;
      if (free >= minFreeGB) return { name: 'State folder', state: 'ok', fact };
      return {
        name: 'State folder',
        state: 'missing',
        fact,
        remedy: 'Free some space, or set ETL_STATE_DIR to a folder on another disk',
      };
    } catch (error) {
      const fact = (error as Error).message;
      return {
        name: 'State folder',
        state: 'missing',
        fact,
        remedy: 'Set ETL_STATE_DIR to a writable folder',
      };
    }
  },
  async () => {
    const name = 'Temporal server';
    try {
      const { address } = temporalOptions().connection;
      const { connection, namespace } = await connectClient();
      await checkNamespace(connection, namespace).finally(() => connection.close());
      return { name, state: 'ok', fact: `reachable at ${address}` };
    } catch (error) {
      const known = explain(error);
      if (!known) throw error;
      const { message: fact, remedy, exitCode } = known;
      if (exitCode !== exitCodes.unavailable) return { name, state: 'missing', fact, remedy };
      return { name, state: 'optional', fact, remedy: `Start one: ${etlCommand('up')}; or set TEMPORAL_ADDRESS` };
    }
  },
  () =>
    tool(
      'Temporal CLI',
      temporalProgram(),
      ['--version'],
      `Download it for this project: ${etlCommand('up')}; or install it: https://docs.temporal.io/cli`,
    ),
  async () => {
    const ports = [localDefaults.temporalPort, localDefaults.uiPort, localDefaults.ecsPort];
    const taken: number[] = [];
    for (const port of ports) if (!(await isPortFree(port))) taken.push(port);
    if (taken.length === 0) return { name: 'Ports', state: 'ok', fact: `${ports.join(', ')} are free` };
    const fact = `in use: ${taken.join(', ')}`;
    const owner = runningSystems().find(({ temporal, ecs }) => taken.some((port) => endsWith(port, temporal, ecs)));
    if (owner) return { name: 'Ports', state: 'ok', fact: `${fact}, by the local system in ${owner.stateDir}` };
    const options = ['--temporal-port', '--ui-port', '--ecs-port'];
    const free = await Promise.all(options.map(async (option) => [option, String(await getFreePort())]));
    return { name: 'Ports', state: 'optional', fact, remedy: `Use other ports: ${etlCommand('up', ...free.flat())}` };
  },
  () =>
    tool(
      'Docker',
      'docker',
      ['info', '--format', '{{.ServerVersion}}'],
      'Install Docker to build the image: https://docs.docker.com/get-docker',
    ),
  () =>
    tool(
      'Python',
      'python3',
      ['--version'],
      'Install Python 3.9 or later to run the tests with stand-ins for S3, SNS and SQS',
    ),
  () => tool('Java', 'java', ['-version'], 'Install Java 17 or later to run the tests with the time-skipping server'),
];

const endsWith = (port: number, ...addresses: string[]): boolean =>
  addresses.some((address) => address.endsWith(`:${port}`));

function parseConfigOrDefault(): { stateDir: string } {
  try {
    return parseConfig(process.env);
  } catch {
    return parseConfig({});
  }
}

async function tool(name: string, command: string, args: string[], remedy: string): Promise<Check> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 10_000 });
    return { name, state: 'ok', fact: (stdout || stderr).split('\n', 1)[0]?.trim() ?? '' };
  } catch {
    return { name, state: 'optional', fact: `${command} is not available`, remedy };
  }
}
