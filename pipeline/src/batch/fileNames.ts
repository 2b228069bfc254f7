import { matchesGlob } from '@etl/lib/glob';

/** `_` and `.` begin the names of what other programs keep beside their data: `_SUCCESS`, `_temporary/`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => /^[_.]/.test(part) && !isDots(part));
}

/** `.` or `..`. */
const isDots = (part: string): boolean => /^\.\.?$/.test(part);

/** Why no program can be handed a key, with the remedy; undefined for a key that can be delivered. */
export function keyProblem(key: string): string | undefined {
  if (key.endsWith('/')) return 'its key ends in /, which programs take for a folder: rename it';
  if (key.includes('\0')) return 'its key contains a NUL character, which no environment variable can hold: rename it';
  if (key.split('/').some(isDots)) {
    return 'its key has a segment . or .., which programs resolve to another key: rename it';
  }
  return undefined;
}

/** Whether a file's name is one of those that a glob asks for; without one, text with separators, plain or compressed. */
export function isNamed(name: string, glob: string | undefined): boolean {
  return glob === undefined ? /\.(csv|tsv|txt|psv|dat)(\.(gz|zst))?$/i.test(name) : matchesGlob(glob, name);
}
