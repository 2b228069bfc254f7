import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '@etl/lib/processIdentity';
import { createJson, isCode, readJson } from './files';
import {
  type ContainerEnd,
  type EndRecord,
  type ProgramsRecord,
  type ReleaseRecord,
  type StopRecord,
  type TaskRecord,
  type TaskState,
  taskFiles,
} from './records';

export type TaskStore = ReturnType<typeof createTaskStore>;

const idPattern = /^[0-9a-f]{32}$/;

/** Stores tasks on disk, one folder each. A finished task, which can no longer change, is cached. */
export function createTaskStore(stateDir: string) {
  const root = join(stateDir, 'tasks');
  const records = new Map<string, TaskRecord>();
  const ended = new Map<string, TaskState>();

  const folder = (id: string) => join(root, id);
  const files = (id: string) => taskFiles(folder(id));

  async function readRecord(id: string): Promise<TaskRecord | undefined> {
    const record = records.get(id) ?? (await readJson<TaskRecord>(files(id).task));
    if (record) records.set(id, record);
    return record;
  }

  return {
    folder,
    files,

    /** Stores the intent. Idempotent. */
    async create(record: TaskRecord): Promise<void> {
      await mkdir(folder(record.id), { recursive: true, mode: 0o700 });
      await createJson(files(record.id).task, record);
    },

    /** Reads everything known about the task. Returns undefined for an unknown ID. */
    async read(id: string): Promise<TaskState | undefined> {
      const known = ended.get(id);
      if (known) return known;
      const record = await readRecord(id);
      if (!record) return undefined;
      const paths = files(id);
      // The end first: files written after this read cannot contradict it.
      const end = await readJson<EndRecord>(paths.end);
      const release = end && record.stuckStop?.untilStopped ? await readJson<ReleaseRecord>(paths.release) : undefined;
      const sidecars = end ? [] : record.containers.filter(({ essential, program }) => !essential && program);
      const [programs, stop, ...ends] = await Promise.all([
        readJson<ProgramsRecord>(paths.programs),
        readJson<StopRecord>(paths.stop),
        ...sidecars.map(({ name }) => readJson<ContainerEnd>(paths.containerEnd(name))),
      ]);
      const early = ends.flatMap((one) => one ?? []);
      const state = {
        record,
        ...(programs && { programs }),
        ...(stop && { stop }),
        ...(early.length > 0 && { ended: early }),
        ...(end && { end }),
        ...(release && { release }),
      };
      if (end && (release || !record.stuckStop?.untilStopped)) ended.set(id, state);
      return state;
    },

    supervisor: (id: string) => readJson<ProcessIdentity>(files(id).supervisor),

    /** Returns false if another cause has already ended the task. The first cause stands. */
    stop: (id: string, stop: StopRecord) => createJson(files(id).stop, stop),

    end: (id: string, end: EndRecord) => createJson(files(id).end, end),

    /** Makes a stuck task STOPPED. The first release stands. */
    release: (id: string, release: ReleaseRecord) => createJson(files(id).release, release),

    /** Returns the IDs of all tasks, unordered. */
    async ids(): Promise<string[]> {
      try {
        return (await readdir(root)).filter((name) => idPattern.test(name));
      } catch (error) {
        if (isCode(error, 'ENOENT')) return [];
        throw error;
      }
    },

    isEnded: (id: string) => ended.has(id),

    /** Removes a stopped task completely. Without its folder, a running task would end. */
    async remove(id: string): Promise<void> {
      records.delete(id);
      ended.delete(id);
      await rm(folder(id), { recursive: true, force: true });
    },
  };
}

/** Returns the path of the containers' output. Takes the task's ARN or ID. */
export function taskLogPath(stateDir: string, taskArn: string): string {
  return taskFiles(join(stateDir, 'tasks', taskArn.slice(taskArn.lastIndexOf('/') + 1))).log;
}
