import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A failed Docker command, with Docker's own message. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
}

export interface DockerOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds. @default no timeout */
  readonly timeout?: number;
}

/**
 * Runs `docker …` and returns its standard output.
 * @throws DockerError, or the abort reason of the signal
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  try {
    const { stdout } = await run('docker', [...args], { maxBuffer: 1 << 24, ...options });
    return stdout.trim();
  } catch (error) {
    options.signal?.throwIfAborted();
    const { stderr, message } = error as Error & { stderr?: string };
    // The last line is the cause: a build writes many lines before it.
    const words = (stderr?.trim() || message).split('\n').at(-1);
    throw new DockerError(`docker ${args.slice(0, 2).join(' ')}: ${words}`, { cause: error });
  }
}

/** Returns whether a daemon answers. */
export async function dockerAnswers(): Promise<boolean> {
  return docker(['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
