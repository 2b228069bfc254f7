import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isAlive } from '@etl/lib/processIdentity';
import type { StopRecord, TaskRecord, TaskState } from '../state/records';
import type { SecretStore } from '../state/secretStore';
import type { TaskStore } from '../state/taskStore';
import { handoverEnvironment } from './handover';
import { hostEnvironment } from './images';
import { killGroup, killUsersOf } from './processes';

export type Launcher = ReturnType<typeof createLauncher>;

/** Returns the path of the compiled supervisor. From sources (in tests), it is the one in `dist`. */
export function supervisorPath(): string {
  return basename(__filename).endsWith('.ts')
    ? join(__dirname, '..', '..', 'dist', 'supervisor.js')
    : join(__dirname, '..', 'supervisor.js');
}

/** Launches tasks, and ends tasks whose supervisor has died. */
export function createLauncher(
  store: TaskStore,
  secretStore: SecretStore,
  env: Readonly<Record<string, string | undefined>>,
  metadataRoot: () => string,
) {
  const launched = new Map<string, Promise<void>>();
  let isClosed = false;

  async function start(record: TaskRecord): Promise<void> {
    await store.create(record);
    if ((await store.supervisor(record.id)) !== undefined) return;
    const resolved = await secretStore.resolve(record);
    const log = openSync(store.files(record.id).supervisorLog, 'a', 0o600);
    const child = spawn(process.execPath, [supervisorPath(), store.folder(record.id)], {
      cwd: store.folder(record.id),
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...hostEnvironment(env), ...handoverEnvironment({ metadataRoot: metadataRoot(), ...resolved }) },
    });
    closeSync(log);
    child.unref();
    const giveUp = () => void failWithoutSupervisor(record).catch(() => undefined);
    child.once('error', giveUp);
    child.once('exit', giveUp);
  }

  /** Fails a task whose supervisor did not even record its identity: no program of the task has run. */
  async function failWithoutSupervisor(record: TaskRecord): Promise<void> {
    // Another endpoint may have resumed the task since.
    if (isClosed || !existsSync(store.files(record.id).task) || (await store.supervisor(record.id)) !== undefined)
      return;
    const reason = `ResourceInitializationError: the supervisor could not be started, see ${store.files(record.id).supervisorLog}`;
    await store.stop(record.id, { stopCode: 'TaskFailedToStart', reason, at: Date.now() });
    await store.end(record.id, { at: Date.now(), containers: record.containers.map(({ name }) => ({ name })) });
  }

  /** Settles a task whose supervisor died without recording an end. The exit codes are unknown. */
  async function settle({ record, programs }: TaskState): Promise<void> {
    for (const program of programs?.programs ?? []) killGroup(program);
    const { scratch } = store.files(record.id);
    await killUsersOf(scratch);
    await rm(scratch, { recursive: true, force: true });
    const reason = 'Host failure: the supervisor of the task ended before the task did';
    const stop: StopRecord = { stopCode: 'InfrastructureHealth', reason, at: Date.now() };
    await store.stop(record.id, stop);
    await store.end(record.id, {
      at: Date.now(),
      containers: record.containers.map(({ name }) => ({ name, reason })),
    });
  }

  /** Returns the task's current state, or undefined for an unknown ID. */
  async function observe(id: string): Promise<TaskState | undefined> {
    const state = await store.read(id);
    if (!state || state.end) return state;
    const supervisor = await store.supervisor(id);
    if (!supervisor || isAlive(supervisor)) return state;
    // The supervisor may have recorded the end between the two reads.
    const again = await store.read(id);
    if (!again || again.end) return again;
    await settle(again);
    return store.read(id);
  }

  /** Stores the task and starts its supervisor. Idempotent. */
  function launch(record: TaskRecord): Promise<void> {
    const running = launched.get(record.id) ?? start(record);
    launched.set(record.id, running);
    running.catch(() => launched.delete(record.id));
    return running;
  }

  return {
    observe,
    launch,

    /** From here on, this endpoint no longer settles tasks. */
    close(): void {
      isClosed = true;
    },

    /** Forgets a stopped task that is about to be removed. */
    forget: (id: string) => launched.delete(id),

    /**
     * Resumes a task after a restart: starts a supervisor that was never started, or settles a task whose supervisor
     * has died.
     */
    async resume(record: TaskRecord): Promise<void> {
      const state = await observe(record.id);
      if (!state?.end && (await store.supervisor(record.id)) === undefined) await launch(record);
    },

    /** Settles each unfinished task whose supervisor has died. */
    async sweep(): Promise<void> {
      for (const id of await store.ids()) if (!store.isEnded(id)) await observe(id);
    },
  };
}
