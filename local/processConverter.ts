import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostEnvironment } from '@etl/fargate/run/images';
import { memoryOf } from '@etl/fargate/run/usage';
import { lastLines } from '@etl/lib/logTail';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { removeAbandoned } from '@etl/storage/scratchFolder';
import type { LightConverter, LightEnd, LightRequest } from '../activities/ports';

export interface ProcessSettings {
  /** Path of the ETL image's program. */
  readonly program: string;
  /** Resident memory in MiB above which the program is killed. Not enforced without /proc. */
  readonly memoryMiB: number;
  /** Variables that a task definition would set, which a launch cannot override. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * How long the program may take to exit after SIGTERM, in milliseconds: enough for its checkpoint (docs/container.md).
 */
const killDelayMs = 10_000;
const memoryPollMs = 200;
const tailLines = 20;

type Killed = NonNullable<LightEnd['killedFor']>;

/** Returns the path of the ETL image's program, or undefined in a deployment without it. */
export function etlProgram(): string | undefined {
  // npm links the workspace there, and a packed release contains it there.
  const program = join(__dirname, '..', '..', 'node_modules', '@etl', 'image', 'dist', 'main.js');
  return existsSync(program) ? realpathSync(program) : undefined;
}

/**
 * Creates the light lane of the local system: it runs the container's program as a process, with the same environment
 * as a container.
 */
export function createProcessConverter(settings: ProcessSettings): LightConverter {
  return {
    async convert(request) {
      // The program creates its own scratch folder there, which remains if the program is killed.
      const scratchDir = tmpdir();
      try {
        return await run(settings, request, scratchDir);
      } finally {
        await removeAbandoned(scratchDir);
      }
    },
  };
}

async function run(
  { program, memoryMiB, environment: fixed = {} }: ProcessSettings,
  request: LightRequest,
  scratchDir: string,
): Promise<LightEnd> {
  const { environment, timeoutSeconds, signal } = request;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program], {
    env: { ...hostEnvironment(process.env), TZ: 'UTC', ...environment, ...fixed, SCRATCH_DIR: scratchDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = gather(child);
  let killedFor: Killed | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (why: Killed | undefined, at: 'once' | 'itsPace') => {
    killedFor ??= why;
    child.kill(at === 'once' ? 'SIGKILL' : 'SIGTERM');
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), killDelayMs);
  };
  const abort = () => end(undefined, 'itsPace');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const timer = setTimeout(() => end('timeout', 'itsPace'), timeoutSeconds * 1000);
  const watch = setInterval(() => {
    if (child.pid !== undefined && memoryOf([child.pid]) > memoryMiB * 2 ** 20) end('memory', 'once');
  }, memoryPollMs);
  try {
    const { code, signalName } = await exitOf(child);
    const why = killedFor ?? (signalName === null ? undefined : 'unknown');
    const reason = why === undefined ? output.cause() : reasonOf(why, { memoryMiB, timeoutSeconds, signalName });
    return {
      // A program that completed before the signal arrived has delivered.
      ...(code !== null && { exitCode: code }),
      ...(why !== undefined && code !== exitCodes.done && { killedFor: why }),
      ...(reason !== undefined && { reason }),
      seconds: (performance.now() - startedAt) / 1000,
      logTail: lastLines(output.lines, tailLines),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killTimer);
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
  }
}

function reasonOf(
  why: Killed,
  facts: { memoryMiB: number; timeoutSeconds: number; signalName: NodeJS.Signals | null },
): string {
  if (why === 'memory') return `the process used more than ${facts.memoryMiB} MiB of memory and was killed`;
  if (why === 'timeout') return `the process was still running after ${facts.timeoutSeconds} s and was stopped`;
  return `the process was killed by ${facts.signalName}`;
}

/** Collects the program's output lines, and the cause from its last line if it failed. */
function gather({ stdout, stderr }: ChildProcess): { lines: string[]; cause: () => string | undefined } {
  const lines: string[] = [];
  let cause: string | undefined;
  const keep = (line: string) => {
    if (line.includes('"event":"progress"')) return;
    lines.push(line);
    if (lines.length > 2 * tailLines) lines.shift();
  };
  if (stdout) {
    createInterface({ input: stdout }).on('line', (line) => {
      keep(line);
      cause = failedCause(line) ?? cause;
    });
  }
  if (stderr) createInterface({ input: stderr }).on('line', keep);
  return { lines, cause: () => cause };
}

function failedCause(line: string): string | undefined {
  if (!line.includes('"event":"failed"')) return undefined;
  try {
    return (JSON.parse(line) as { cause?: string }).cause;
  } catch {
    return undefined;
  }
}

/** Resolves once the process has exited and its streams have closed. Rejects if the process cannot be started. */
function exitOf(child: ChildProcess): Promise<{ code: number | null; signalName: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => resolve({ code, signalName }));
  });
}
