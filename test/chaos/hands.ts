import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../support/processes';
import { everyFile, type LocalSystemUnderTest } from '../support/system';

/** An additional worker beside that of `etl up`, which is killed and replaced. */
export class FragileWorker {
  private child: ChildProcess | undefined;
  constructor(private readonly system: LocalSystemUnderTest) {}

  /** Starts the worker with its clock ahead by `aheadMs`. */
  async start(aheadMs: number): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'dist', 'workers', 'main.js')], {
      cwd: root,
      env: {
        ...process.env,
        ...everyFile,
        ...this.system.changes,
        ...this.system.env,
        AWS_ENDPOINT_URL_ECS: this.system.ready?.ecs ?? '',
        ETL_SHUTDOWN_GRACE_SECONDS: '0.2',
        LOG_LEVEL: 'error',
        NODE_OPTIONS: `--require ${join(root, 'test', 'support', 'skewedClock.js')}`,
        CLOCK_ERROR_MS: String(aheadMs),
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
  }

  /** Ends the worker: SIGKILL simulates a crash, SIGTERM a deployment. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** Kills a process of this system if it still exists. */
export function kill(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
