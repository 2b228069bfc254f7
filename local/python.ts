import { execFile } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cacheFolder';
import { withLock } from './lockFile';
import { onPath } from './onPath';
import { reported } from './reported';
import { requirementsFolder } from './requirementsFolder';

const run = promisify(execFile);

/** Installs only packages whose hash is in a file, build dependencies included. */
const pipInstall = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '--no-build-isolation'];

/** Python programs in one exact version. */
export interface PythonPackages {
  readonly name: string;
  readonly version: string;
  /** Files of `requirements/` in installation order. They pin the version and the hashes of every package. */
  readonly requirements: readonly string[];
}

/** Python or a package is missing and cannot be installed. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
}

/**
 * Returns the programs folder of a virtual environment, or undefined if it is not installed or its Python is missing.
 */
export async function installedPrograms({ name, version }: PythonPackages): Promise<string | undefined> {
  const { bin, ready } = places(name, version);
  try {
    await access(ready);
    // pip belongs to the environment: another minor version of Python does not find it.
    await run(join(bin, 'python'), ['-c', 'import pip']);
    return bin;
  } catch {
    return undefined;
  }
}

/**
 * Returns the programs folder of a virtual environment with these packages, in the user's cache folder. Installs it if
 * necessary, after a line to `log`. Waits for another process that is installing it.
 * @throws PythonError
 */
export async function installPrograms(
  packages: PythonPackages,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const installed = await installedPrograms(packages);
  if (installed) return installed;
  const python = await onPath('python3');
  if (!python) throw new PythonError('python3 is not on PATH');
  const { name, version } = packages;
  const { lock } = places(name, version);
  const onWait = () => log(`Waiting for another process that installs ${name} ${version} (it holds ${lock}) …`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = async () => (await installedPrograms(packages)) ?? install(python, packages, log, signal);
  return withLock(lock, work, { onWait, ...(signal && { signal }) });
}

async function install(
  python: string,
  { name, version, requirements }: PythonPackages,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { folder, bin, ready } = places(name, version);
  // Removes the remains of an interrupted installation.
  await rm(folder, { recursive: true, force: true });
  const options = { maxBuffer: 1 << 24, ...(signal && { signal }) };
  try {
    await reported(log, `Installing ${name} ${version} with Python (once)`, async () => {
      await run(python, ['-m', 'venv', folder], options);
      for (const file of requirements)
        await run(join(bin, 'python'), [...pipInstall, '-r', join(requirementsFolder, file)], options);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new PythonError(`${name} ${version} cannot be installed: ${firstLine(error as Error)}`, { cause: error });
  }
  await writeFile(ready, '');
  return bin;
}

/** Returns whether there is a Python of at least this minor version that can create virtual environments. */
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

/** Returns pip's own message, if there is one. */
function firstLine(error: Error & { stderr?: string }): string {
  return (error.stderr || error.message).split('\n').find(Boolean) ?? '';
}
