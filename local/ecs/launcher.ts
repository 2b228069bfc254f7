import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { handoverEnvironment } from './handover';
import { hostEnvironment } from './images';
import { isAlive, killGroup, killUsersOf } from './processes';
import type { StopRecord, TaskRecord, TaskState } from './records';
import type { SecretStore } from './secretStore';
import type { TaskStore } from './taskStore';

export type Launcher = ReturnType<typeof createLauncher>;

/** The compiled supervisor; run from sources (tests), the one in `dist`. */
export function supervisorPath(): string {
  return basename(__filename).endsWith('.ts')
    ? join(__dirname, '..', '..', 'dist', 'local', 'ecs', 'supervisor.js')
    : join(__dirname, 'supervisor.js');
}

/** Starts tasks, and ends those whose supervisor has died. */
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

  /** A supervisor that could not even say who it is: nothing of the task has run. */
  async function failWithoutSupervisor(record: TaskRecord): Promise<void> {
    // Another endpoint may have taken the task up since.
    if (isClosed || !existsSync(store.files(record.id).task) || (await store.supervisor(record.id)) !== undefined)
      return;
    const reason = `ResourceInitializationError: the supervisor could not be started, see ${store.files(record.id).supervisorLog}`;
    await store.stop(record.id, { stopCode: 'TaskFailedToStart', reason, at: Date.now() });
    await store.end(record.id, { at: Date.now(), containers: record.containers.map(({ name }) => ({ name })) });
  }

  /** The supervisor is gone and has not written down an end: nor will anyone know the exit codes. */
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

  /** The task as it is now; undefined for an unknown id. */
  async function observe(id: string): Promise<TaskState | undefined> {
    const state = await store.read(id);
    if (!state || state.end) return state;
    const supervisor = await store.supervisor(id);
    if (!supervisor || isAlive(supervisor)) return state;
    // It may have written the end down between our two looks.
    const again = await store.read(id);
    if (!again || again.end) return again;
    await settle(again);
    return store.read(id);
  }

  /** Keeps the task and starts its supervisor; once, however often it is called. */
  function launch(record: TaskRecord): Promise<void> {
    const running = launched.get(record.id) ?? start(record);
    launched.set(record.id, running);
    running.catch(() => launched.delete(record.id));
    return running;
  }

  return {
    observe,
    launch,

    /** What becomes of tasks is no longer this endpoint's business. */
    close(): void {
      isClosed = true;
    },

    /** The task has ended and is to be gone. */
    forget: (id: string) => launched.delete(id),

    /** After a restart: starts the supervisor that was never started, settles the task whose supervisor has died. */
    async resume(record: TaskRecord): Promise<void> {
      const state = await observe(record.id);
      if (!state?.end && (await store.supervisor(record.id)) === undefined) await launch(record);
    },

    /** Settles what there is to settle among the tasks that have not ended. */
    async sweep(): Promise<void> {
      for (const id of await store.ids()) if (!store.isEnded(id)) await observe(id);
    },
  };
}
