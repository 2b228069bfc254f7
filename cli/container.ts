import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Manifest, Progress } from '@etl/pipeline/manifest';

/** A line that the container's program writes to stdout: one JSON object a line (docs/container.md). */
type LogLine =
  | ({ readonly event: 'progress' } & Progress)
  | { readonly event: 'finished'; readonly status: 'committed' | 'already' | 'superseded'; readonly manifest: Manifest }
  | { readonly event: 'failed'; readonly cause: string; readonly remedy: string };

export type ContainerEnd =
  | { readonly kind: 'finished'; readonly status: 'committed' | 'already' | 'superseded'; readonly manifest: Manifest }
  | {
      readonly kind: 'failed';
      readonly exitCode: number;
      readonly cause: string;
      readonly remedy: string;
      /** Signal by which the user stopped the conversion. */
      readonly interrupted?: NodeJS.Signals;
    };

/** Runs the ETL image's program as a local process. SIGINT and SIGTERM stop it as ECS would, after a checkpoint. */
export async function runContainer(
  environment: Readonly<Record<string, string>>,
  onProgress: (progress: Progress) => void,
): Promise<ContainerEnd> {
  const child = spawn(process.execPath, [require.resolve('@etl/image/main')], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let interrupted: NodeJS.Signals | undefined;
  const forward = (signal: NodeJS.Signals) => {
    interrupted = signal;
    child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, forward);
  let end: ContainerEnd | undefined;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text);
    if (line?.event === 'progress') onProgress(line);
    if (line?.event === 'finished') end = { kind: 'finished', status: line.status, manifest: line.manifest };
    if (line?.event === 'failed') end = { kind: 'failed', exitCode: 1, cause: line.cause, remedy: line.remedy };
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, forward);
  if (end?.kind === 'finished' && exitCode === 0) return end;
  const { cause, remedy } =
    end?.kind === 'failed'
      ? end
      : { cause: `the conversion ended with exit code ${exitCode}`, remedy: 'Run the command again' };
  return { kind: 'failed', exitCode, cause, remedy, ...(interrupted && { interrupted }) };
}

/** Parses a line. Other output on stdout is ignored. */
function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
