import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isPortFree } from '../local/freePort';
import { makeStateFolder } from '../local/places';
import { parseConfig } from '../workers/config';
import { connectClient, temporalOptions } from '../workers/connection';
import { NoTemporalError } from '../workers/errors';
import { localDefaults } from '../workers/localDefaults';

export interface Check {
  readonly name: string;
  /** `optional`: absent, and only some things need it. */
  readonly state: 'ok' | 'optional' | 'missing';
  readonly fact: string;
  /** The command that mends it. */
  readonly remedy?: string;
}

const run = promisify(execFile);
const leastFreeGB = 2;

/** What `etl doctor` looks at, in the order it is told. */
export const checks: readonly (() => Promise<Check>)[] = [
  async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const recent = major > 20 || (major === 20 && minor >= 20);
    const state = recent ? 'ok' : 'missing';
    return {
      name: 'Node.js',
      state,
      fact: process.versions.node,
      ...(!recent && { remedy: 'install Node.js 20.20 or later' }),
    };
  },
  async () => {
    try {
      parseConfig(process.env);
      return { name: 'Configuration', state: 'ok', fact: 'every variable that is set can be read' };
    } catch (error) {
      const fact = (error as Error).message;
      return { name: 'Configuration', state: 'missing', fact, remedy: 'mend the variables; see docs/configuration.md' };
    }
  },
  async () => {
    const { stateDir } = parseConfigOrDefault();
    try {
      makeStateFolder(stateDir);
      await access(stateDir, constants.W_OK);
      const { bavail, bsize } = await statfs(stateDir);
      const free = (bavail * bsize) / 1e9;
      const fact = `${stateDir}, ${free.toFixed(1)} GB free`;
      if (free >= leastFreeGB) return { name: 'State folder', state: 'ok', fact };
      return { name: 'State folder', state: 'missing', fact, remedy: `free some space, or set ETL_STATE_DIR` };
    } catch (error) {
      const fact = (error as Error).message;
      return {
        name: 'State folder',
        state: 'missing',
        fact,
        remedy: 'set ETL_STATE_DIR to a folder that can be written',
      };
    }
  },
  async () => {
    const { address } = temporalOptions().connection;
    try {
      const { connection } = await connectClient();
      await connection.close();
      return { name: 'Temporal server', state: 'ok', fact: `answers at ${address}` };
    } catch (error) {
      if (!(error instanceof NoTemporalError)) throw error;
      const { message: fact, remedy, kind } = error;
      return { name: 'Temporal server', state: kind === 'Unavailable' ? 'optional' : 'missing', fact, remedy };
    }
  },
  () =>
    tool(
      'Temporal CLI',
      'temporal',
      ['--version'],
      'npx etl up fetches one; for your shell: https://docs.temporal.io/cli',
    ),
  async () => {
    const ports = [localDefaults.temporalPort, localDefaults.uiPort, localDefaults.ecsPort];
    const taken: number[] = [];
    for (const port of ports) if (!(await isPortFree(port))) taken.push(port);
    if (taken.length === 0) return { name: 'Ports', state: 'ok', fact: `${ports.join(', ')} are free` };
    const remedy = 'fine while npx etl up runs; else choose others: npx etl up --temporal-port --ui-port --ecs-port';
    return { name: 'Ports', state: 'optional', fact: `in use: ${taken.join(', ')}`, remedy };
  },
  () =>
    tool(
      'Docker',
      'docker',
      ['info', '--format', '{{.ServerVersion}}'],
      'for building the image: https://docs.docker.com/get-docker',
    ),
  () =>
    tool(
      'Python',
      'python3',
      ['--version'],
      'for the tests against S3, SNS and SQS stand-ins: install Python 3.9 or later',
    ),
  () => tool('Java', 'java', ['-version'], 'for the tests that skip time: install Java 17 or later'),
];

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
    return { name, state: 'optional', fact: `${command} does not answer`, remedy };
  }
}
