import { join } from 'node:path';
import { onPath } from '../onPath';
import { hasPython, installedPrograms, installPrograms, type PythonPackages } from '../python';

/** The version that docs/ecs-conformance.md and the comparison's notes describe. */
const version = '1.5.33';
const ministack: PythonPackages = { name: 'ministack', version, requirements: ['ministack.txt'] };
const leastPythonMinor = 10;

/**
 * Returns the path of a `ministack` program: from PATH, from an earlier installation, or from a new installation with
 * Python. `log` receives a line before slow steps.
 * @throws PythonError
 */
export async function findMinistack(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return (await installedMinistack()) ?? join(await installPrograms(ministack, log, signal), ministack.name);
}

/** Returns whether `findMinistack` can find or install the program. */
export async function isMinistackAvailable(): Promise<boolean> {
  return (await installedMinistack()) !== undefined || (await hasPython(leastPythonMinor));
}

async function installedMinistack(): Promise<string | undefined> {
  const program = await onPath(ministack.name);
  if (program) return program;
  const bin = await installedPrograms(ministack);
  return bin && join(bin, ministack.name);
}
