import { join } from 'node:path';
import { onPath } from '../onPath';
import { hasPython, installedPrograms, installPrograms, type PythonPackages } from '../python';

/** The version that docs/ecs-conformance.md and the comparison's notes are about. */
const version = '1.5.33';
const ministack: PythonPackages = { name: 'ministack', version, requirements: ['ministack.txt'] };
const leastPythonMinor = 10;

/**
 * The path of a `ministack` program: on PATH, else one installed earlier, else installed now with Python. `say` is told what
 * takes its time. Throws `PythonError`.
 */
export async function findMinistack(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return (await foundMinistack()) ?? join(await installPrograms(ministack, say, signal), ministack.name);
}

/** Whether `findMinistack` has, or can get, what it needs. */
export async function canHaveMinistack(): Promise<boolean> {
  return (await foundMinistack()) !== undefined || (await hasPython(leastPythonMinor));
}

async function foundMinistack(): Promise<string | undefined> {
  const program = await onPath(ministack.name);
  if (program) return program;
  const bin = await installedPrograms(ministack);
  return bin && join(bin, ministack.name);
}
