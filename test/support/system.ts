import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { openPayloads } from '../../config/payloads/payloads';
import { getFreePort } from '../../local/freePort';
import { command, type Ended, root } from './processes';
import { replay } from './rig';

declare global {
  /** Set by environment.js. */
  var warmEtl: (command: { args: readonly string[]; env: NodeJS.ProcessEnv; cwd: string }) => Promise<Ended>;
}

/**
 * Runs `etl` in a process that an earlier command may have used: most of the time of a new process is loading. For commands
 * that only print and exit.
 */
export const etl = async (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<Ended> => ({
  ...(await globalThis.warmEtl({ args, env: { ...process.env, ...env }, cwd })),
});

/** Runs `etl` in its own process: for commands that start processes or use threads of their own. */
export const etlProcess = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<Ended> =>
  command(process.execPath, [join(root, 'cli', 'etl.js'), ...args], env, cwd);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits in real time until a condition holds. */
export async function until<T>(what: string, seconds: number, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; ) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

interface Ready {
  readonly temporal: string;
  readonly ui: string;
  readonly ecs: string;
  readonly taskQueue: string;
  readonly pids: { readonly temporal: number; readonly ecs: number; readonly worker: number };
}

/** Most tests are about tasks; tests of routes use other settings. */
export const tasksAlone = { ETL_LIGHT_LANE: 'off', ETL_TASK_SIZE: 'definition', ETL_SPOT: 'false' };

/** Settings that `etl up` gives its worker, for workers that a test starts itself. */
export const everyFile = { ETL_SOURCE_PREFIXES: 'file:///', ETL_DESTINATION_PREFIXES: 'file:///' };

/** `etl up` in a temporary folder, as a user runs it. Every workflow of the folder is replayed when it is removed. */
export class LocalSystemUnderTest {
  private child: ChildProcess | undefined;
  private output = '';
  private shared: Promise<{ client: Client; connection: Connection }> | undefined;
  ready: Ready | undefined;

  private constructor(
    readonly folder: string,
    private readonly ports: readonly string[],
    readonly changes: NodeJS.ProcessEnv,
  ) {}

  static async create(changes: NodeJS.ProcessEnv = {}): Promise<LocalSystemUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'etl-system-'));
    // Loads the codec now: Jest cannot load modules in concurrent tests.
    await openPayloads(changes);
    const [temporal, ui, ecs] = [await getFreePort(), await getFreePort(), await getFreePort()].map(String);
    const ports = ['--temporal-port', temporal ?? '', '--ui-port', ui ?? '', '--ecs-port', ecs ?? ''];
    return new LocalSystemUnderTest(folder, ports, { ...tasksAlone, ...changes });
  }

  get stateDir(): string {
    return join(this.folder, 'state');
  }
  /** Environment of commands that use this system. */
  get env(): NodeJS.ProcessEnv {
    return { ETL_STATE_DIR: this.stateDir, TEMPORAL_ADDRESS: this.ready?.temporal ?? '' };
  }

  async up(...more: string[]): Promise<Ready> {
    const child = spawn(process.execPath, ['cli/etl.js', 'up', '--json', ...this.ports, ...more], {
      cwd: root,
      env: { ...process.env, ...this.changes, ETL_STATE_DIR: this.stateDir, TEMPORAL_ADDRESS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stderr.on('data', (text) => {
      this.output += text;
    });
    const exited = once(child, 'exit').then(() => undefined);
    const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string);
    const first = await Promise.race([line, exited]);
    if (first === undefined) throw new Error(`etl up ended: ${this.output}`);
    this.ready = JSON.parse(first) as Ready;
    return this.ready;
  }

  /** Signals `etl up` and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    await this.disconnect();
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async remove(): Promise<void> {
    try {
      if (this.ready && this.child?.exitCode === null) await this.replayAll();
    } finally {
      await this.end();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** The caller closes the connection. */
  async connect(): Promise<{ client: Client; connection: Connection }> {
    const connection = await Connection.connect({ address: this.ready?.temporal ?? '' });
    const { dataConverter } = await openPayloads(this.changes);
    return { client: new Client({ connection, dataConverter }), connection };
  }

  /** Calls in a row share a connection. */
  async withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
    this.shared ??= this.connect();
    return work((await this.shared).client);
  }

  /** After a restart of the server, an old connection would first wait for its backoff. */
  private async disconnect(): Promise<void> {
    const { shared } = this;
    this.shared = undefined;
    const opened = await shared?.catch(() => undefined);
    await opened?.connection.close();
  }

  /** Returns the PID of the worker of `etl up`, which changes after a crash. */
  workerPid(): number | undefined {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
    const own = lines
      .map((line) => line.trim().split(/\s+/))
      .find(([, parent = '', ...command]) => {
        return Number(parent) === this.child?.pid && command.join(' ').includes(join('workers', 'main.js'));
      });
    return own && Number(own[0]);
  }

  /** Returns the IDs of the task folders of the local endpoint. */
  taskIds(): string[] {
    try {
      return readdirSync(join(this.stateDir, 'ecs', 'tasks'));
    } catch {
      return [];
    }
  }
  taskFile(id: string, name: string): string | undefined {
    try {
      return readFileSync(join(this.stateDir, 'ecs', 'tasks', id, name), 'utf8');
    } catch {
      return undefined;
    }
  }
  /** Returns the PID of a task's program. */
  programPid(id: string): number | undefined {
    const pid = /"pid":\s*(\d+)/.exec(this.taskFile(id, 'programs.json') ?? '')?.[1];
    return pid === undefined ? undefined : Number(pid);
  }
  letters(folder: string): string[] {
    try {
      return readdirSync(join(this.stateDir, folder)).map((name) =>
        readFileSync(join(this.stateDir, folder, name), 'utf8'),
      );
    } catch {
      return [];
    }
  }

  private async replayAll(): Promise<void> {
    await this.withClient(async (client) => {
      const ended: WorkflowHandle[] = [];
      for await (const { workflowId, runId, status } of client.workflow.list()) {
        if (status.name !== 'RUNNING') ended.push(client.workflow.getHandle(workflowId, runId));
      }
      const { dataConverter } = await openPayloads(this.changes);
      await replay(ended, { dataConverter });
    });
  }
}
