import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, type ClientConfig } from 'pg';
import { memoryFolder } from '../memoryFolder';

const run = promisify(execFile);

export interface Postgres {
  /** Connection of the superuser, through a Unix socket. */
  readonly connection: ClientConfig;
  stop(): Promise<void>;
}

/** initdb and postgres refuse to run as root. */
function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find(([each]) => each === name)).find(Boolean);
  if (!found) throw new Error('no user postgres or nobody to run PostgreSQL');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Starts an empty PostgreSQL server (ETL_TEST_POSTGRES: the folder of its programs) that only this process reaches. */
export async function startPostgres(password: string): Promise<Postgres> {
  const programs = process.env.ETL_TEST_POSTGRES;
  if (!programs) throw new Error('ETL_TEST_POSTGRES is not set: give the folder of initdb and postgres');
  const folder = await mkdtemp(join(memoryFolder(), 'etl-pg-'));
  const user = otherUser();
  const secret = join(folder, 'password');
  await writeFile(secret, password, { mode: 0o600 });
  if (user) for (const path of [folder, secret]) await chown(path, user.uid, user.gid);
  await chmod(folder, 0o700);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: { LC_ALL: 'C' }, ...user };
  const init = ['-D', data, '-U', 'etl', '--auth=scram-sha-256', '--pwfile', secret, '-E', 'UTF8', '--locale=C', '-N'];
  await run(join(programs, 'initdb'), init, options);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=60'];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
    ...options,
    stdio: 'ignore',
  });
  const kill = () => void server.kill('SIGQUIT');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await ended(server);
    await rm(folder, { recursive: true, force: true });
  };
  const connection = { host: folder, user: 'etl', password, database: 'postgres' };
  for (let tries = 0; tries < 300 && server.exitCode === null; tries++) {
    if (await answers(connection)) return { connection, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('PostgreSQL does not start');
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  // Immediate shutdown: nothing of it is kept.
  server.kill('SIGQUIT');
  await exit;
}

async function answers(connection: ClientConfig): Promise<boolean> {
  const client = new Client(connection);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
