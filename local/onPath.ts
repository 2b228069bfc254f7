import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Returns the first of these programs on PATH. */
export async function onPath(...names: string[]): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return firstExecutable(folders.flatMap((folder) => names.map((name) => join(folder, name))));
}

/** Returns the first of these paths that is executable. */
export async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const fine = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (fine) return path;
  }
  return undefined;
}
