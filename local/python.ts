import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cacheFolder';
import { withLock } from './lockFile';
import { onPath } from './onPath';

const run = promisify(execFile);

/** Beside the sources: this file is there once as source and once as built. */
const requirementsFolder =
  [__dirname, join(__dirname, '..', '..', 'local')]
    .map((folder) => join(folder, 'requirements'))
    .find((folder) => existsSync(folder)) ?? 'requirements';

/** What is not in a file by its hash is not installed: neither a dependency nor what a package is built with. */
const pipInstall = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '--no-build-isolation'];

/** Programs of Python, of this version and no other. */
export interface PythonPackages {
  readonly name: string;
  readonly version: string;
  /** Files of `requirements/`, in the order in which they are installed: every package in them has its version and its hashes. */
  readonly requirements: readonly string[];
}

/** Python, or a package, is not there and could not be had. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
}

/** The folder of programs of a virtual environment; undefined when it has not been installed, or its Python is gone. */
export async function installedPrograms({ name, version }: PythonPackages): Promise<string | undefined> {
  const { bin, ready } = places(name, version);
  try {
    await access(ready);
    // pip is of the environment: another minor version of Python than that it was made with does not find it.
    await run(join(bin, 'python'), ['-c', 'import pip']);
    return bin;
  } catch {
    return undefined;
  }
}

/**
 * The folder of programs of a virtual environment with these packages, in the user's cache folder. `say` is told when it has
 * to be installed first; one that another process is installing is waited for. Throws `PythonError`.
 */
export async function installPrograms(
  wanted: PythonPackages,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const installed = await installedPrograms(wanted);
  if (installed) return installed;
  const python = await onPath('python3');
  if (!python) throw new PythonError('python3 is not on PATH');
  const { name, version } = wanted;
  const { lock } = places(name, version);
  const onWait = () => say(`Waiting for another process that installs ${name} ${version} (it holds ${lock}) …`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = async () => (await installedPrograms(wanted)) ?? install(python, wanted, say, signal);
  return withLock(lock, work, { onWait, ...(signal && { signal }) });
}

async function install(
  python: string,
  { name, version, requirements }: PythonPackages,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { folder, bin, ready } = places(name, version);
  say(`Installing ${name} ${version} with Python (once) …`);
  // What an installation that was broken off left there.
  await rm(folder, { recursive: true, force: true });
  const options = { maxBuffer: 1 << 24, ...(signal && { signal }) };
  try {
    await run(python, ['-m', 'venv', folder], options);
    for (const file of requirements)
      await run(join(bin, 'python'), [...pipInstall, '-r', join(requirementsFolder, file)], options);
  } catch (error) {
    signal?.throwIfAborted();
    throw new PythonError(`${name} ${version} cannot be installed: ${firstLine(error as Error)}`, { cause: error });
  }
  await writeFile(ready, '');
  return bin;
}

/** Whether there is a Python of at least this minor version that can make virtual environments. */
export async function hasPython(minor: number): Promise<boolean> {
  const python = await onPath('python3');
  if (!python) return false;
  const check = `import ensurepip, sys, venv; sys.exit(sys.version_info < (3, ${minor}))`;
  return run(python, ['-c', check]).then(
    () => true,
    () => false,
  );
}

function places(name: string, version: string) {
  const folder = join(cacheFolder(), `${name}-${version}`);
  return { folder, bin: join(folder, 'bin'), ready: join(folder, '.complete'), lock: `${folder}.lock` };
}

/** What pip says itself, where it says something. */
function firstLine(error: Error & { stderr?: string }): string {
  return (error.stderr || error.message).split('\n').find(Boolean) ?? '';
}
