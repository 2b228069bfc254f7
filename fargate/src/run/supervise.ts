import { closeSync, existsSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify } from '@etl/lib/processIdentity';
import { createJson, readJson } from '../state/files';
import { type ContainerEnd, type ContainerRecord, type StopRecord, type TaskRecord, taskFiles } from '../state/records';
import { agentEnvironment, takeHandover } from './handover';
import { watchMemory } from './memoryWatch';
import { killUsersOf } from './processes';
import { type Program, startProgram } from './program';

/** Poll interval in milliseconds. Long-running tasks are polled less often, because there may be thousands of them. */
const pollMs = () => (process.uptime() < 10 ? 50 : 250);
/** 128 + SIGKILL. */
const killedBySignal = 137;
const folder = process.argv[2] ?? '';
const files = taskFiles(folder);
const handover = takeHandover(process.env);

/** Records why the task ends. The first record wins. */
async function declareStop(stopCode: StopRecord['stopCode'], reason: string, graceSeconds?: number): Promise<void> {
  const grace = graceSeconds === undefined ? {} : { graceSeconds };
  await createJson(files.stop, { stopCode, reason, at: Date.now(), ...grace } satisfies StopRecord);
}

/** Returns whether a stop was requested. A deleted state folder counts as a request. */
const isStopWanted = () => existsSync(files.stop) || !existsSync(files.task);

async function stopWanted(isOver: () => boolean): Promise<void> {
  while (!isOver() && !isStopWanted()) await delay(pollMs());
}

async function waitUntil(time: number): Promise<void> {
  while (Date.now() < time && !isStopWanted()) await delay(Math.min(pollMs(), Math.max(1, time - Date.now())));
}

/** Starts the containers that have a program. If one cannot be started, returns those started so far. */
async function startAll(task: TaskRecord): Promise<Program[]> {
  const programs: Program[] = [];
  const log = openSync(files.log, 'a', 0o600);
  try {
    for (const container of task.containers) {
      if (!container.program) continue;
      const scratch = join(files.scratch, container.name);
      const added = agentEnvironment(handover, container);
      programs.push(await startProgram(container, container.program, scratch, log, added));
    }
  } catch (error) {
    await declareStop('TaskFailedToStart', `CannotStartContainerError: ${(error as Error).message}`);
  } finally {
    closeSync(log);
  }
  return programs;
}

/** Sends SIGTERM, then SIGKILL after the container's stop timeout. Resolves once the program has exited. */
async function stopProgram(program: Program, graceSeconds = Infinity): Promise<void> {
  program.terminate();
  const seconds = Math.min(program.container.stopTimeoutSeconds, graceSeconds);
  const timer = setTimeout(() => program.kill(), seconds * 1000);
  await program.exited;
  clearTimeout(timer);
}

const killedForMemory = new Map<ContainerRecord, number>();

/** Kills the program like the kernel's OOM killer. Its reported exit code is `exitCode`. */
function outOfMemory(program: Program, exitCode: number): void {
  if (!program.isRunning()) return;
  killedForMemory.set(program.container, exitCode);
  program.kill();
}

type ExitCodes = ReadonlyMap<ContainerRecord, number>;

async function runPrograms(
  programs: readonly Program[],
  onEnd: (container: ContainerRecord, exitCode: number) => void,
): Promise<ExitCodes> {
  const exitCodes = new Map<ContainerRecord, number>();
  for (const { container, exited } of programs) void exited.then((code) => exitCodes.set(container, code));
  let isOver = false;
  for (const { container, exited } of programs) {
    if (!container.essential) void exited.then((code) => !isOver && onEnd(container, code));
  }
  const essential = programs.filter(({ container }) => container.essential);
  const firstExit = Promise.race(essential.map(({ exited }) => exited)).then(() =>
    declareStop('EssentialContainerExited', 'Essential container in task exited'),
  );
  await Promise.race([...(essential.length > 0 ? [firstExit] : []), stopWanted(() => isOver)]);
  isOver = true;
  const stop = await readJson<StopRecord>(files.stop);
  await Promise.all(programs.map((program) => stopProgram(program, stop?.graceSeconds)));
  return exitCodes;
}

/** What may be inserted into the run of a task, for instance by the faults. */
export interface TaskHooks {
  /** Called when the programs have just started. Returns a function that undoes it. */
  started(task: TaskRecord, controls: TaskControls): () => void;
  /** Returns whether to omit the exit code of this container. */
  hidesExitCode(task: TaskRecord, container: string): boolean;
}

/** Capabilities of the supervisor that hooks use. */
export interface TaskControls {
  readonly programs: readonly Program[];
  declareStop(stopCode: StopRecord['stopCode'], reason: string, graceSeconds?: number): Promise<void>;
  /** Kills the program like the kernel's OOM killer. */
  outOfMemory(program: Program, exitCode: number): void;
}

async function runTask(task: TaskRecord, hooks: TaskHooks): Promise<ContainerEnd[]> {
  const { provisioningMs, pendingMs } = task.timings;
  await waitUntil(task.createdAt + provisioningMs + pendingMs);
  const startFailure = task.startFailure ?? handover.startFailure;
  if (!isStopWanted() && startFailure !== undefined) await declareStop('TaskFailedToStart', startFailure);
  if (isStopWanted()) return task.containers.map(({ name }) => ({ name }));

  const programs = await startAll(task);
  if (programs.length > 0 && !(await failedToStart())) {
    const identities = programs.map(({ identity, container }) => ({ ...identity, container: container.name }));
    await createJson(files.programs, { startedAt: Date.now(), programs: identities });
  }
  const undo = hooks.started(task, { programs, declareStop, outOfMemory });
  const endWatch = watchMemory(task, programs, (program) => outOfMemory(program, killedBySignal));
  // If the task continues without a container, that container's end is recorded at once.
  const exitCodes = await runPrograms(programs, (container, exitCode) => {
    createJson(files.containerEnd(container.name), endOf(task, hooks, container, exitCode)).catch(() => undefined);
  });
  endWatch();
  undo();
  return task.containers.map((container) => endOf(task, hooks, container, exitCodes.get(container)));
}

function endOf(
  task: TaskRecord,
  hooks: TaskHooks,
  container: ContainerRecord,
  exitCode: number | undefined,
): ContainerEnd {
  const { name } = container;
  if (hooks.hidesExitCode(task, name)) return { name };
  const ofMemory = killedForMemory.get(container);
  // A program that exited by itself just before has its own exit code.
  if (ofMemory !== undefined && exitCode === killedBySignal) {
    return { name, exitCode: ofMemory, reason: 'OutOfMemoryError: Container killed due to memory usage' };
  }
  return { name, ...(exitCode !== undefined && { exitCode }) };
}

async function failedToStart(): Promise<boolean> {
  return (await readJson<StopRecord>(files.stop))?.stopCode === 'TaskFailedToStart';
}

/**
 * Runs the task whose folder is the process's first argument, and records how it ended. Returns at once if another
 * supervisor runs the task.
 */
export async function supervise(hooks: TaskHooks): Promise<void> {
  const self = identify(process.pid);
  const task = await readJson<TaskRecord>(files.task);
  if (!self || !task || !(await createJson(files.supervisor, self))) return;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const reason = `The host of the task received ${name}.`;
    process.on(name, () => void declareStop('TerminationNotice', reason).catch(() => undefined));
  }
  const containers = await runTask(task, hooks);
  await killUsersOf(files.scratch);
  await rm(files.scratch, { recursive: true, force: true });
  await createJson(files.end, { at: Date.now(), containers });
}
