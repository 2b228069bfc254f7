// Runs a Temporal dev server and one worker process for measurements.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../scripts/lib/ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const { findTemporal } = require('./dist/local/temporal/findTemporal.js');
const { startDevServer } = require('./dist/local/temporal/devServer.js');
const { getFreePort } = require('./dist/local/freePort.js');
const { Client, Connection } = require('@temporalio/client');

/** Starts the server and the worker. `folder` receives logs and state; `env` extends the worker's environment. */
export async function startSystem({ log, folder, ecsUrl, env = {} }) {
  const exe = await findTemporal(log);
  const [port, uiPort] = [await getFreePort(), await getFreePort()];
  const temporal = await startDevServer({ exe, port, uiPort, logFile: join(folder, 'temporal.log') });
  const address = `127.0.0.1:${port}`;
  const worker = spawn(process.execPath, [join(root, 'dist', 'workers', 'main.js')], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: address,
      AWS_ENDPOINT_URL_ECS: ecsUrl,
      ETL_STATE_DIR: folder,
      LOG_LEVEL: 'error',
      // Every file runs as a task, however small it is.
      ETL_LIGHT_LANE: 'off',
      ETL_TASK_SIZE: 'definition',
      ETL_SPOT: 'false',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  if (ready !== 'ready') throw new Error('the worker did not start. Check its error above');
  const connection = await Connection.connect({ address });
  return {
    client: new Client({ connection }),
    workerPid: worker.pid,
    temporalPid: temporal.pid,
    async stop() {
      await connection.close();
      worker.kill('SIGKILL');
      await temporal.stop();
    },
  };
}

/** Returns a value of /proc/PID/status in MiB: VmRSS (current memory) or VmHWM (peak memory). */
export const memoryMiB = (pid, key) =>
  Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const ticksPerSecond = 100;

/** Returns the CPU seconds that a process has used. @see proc(5), utime and stime of `stat` */
export function cpuSeconds(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) / ticksPerSecond;
}

export const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
