import { matchesGlob } from './glob';

/** `_` and `.` begin the names of what other programs keep beside their data: `_SUCCESS`, `_temporary/`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => /^[_.]/.test(part));
}

/** Whether a file's name is one of those that a glob asks for; without one, text with separators, plain or compressed. */
export function isNamed(name: string, glob: string | undefined): boolean {
  return glob === undefined ? /\.(csv|tsv|txt|psv|dat)(\.(gz|zst))?$/i.test(name) : matchesGlob(glob, name);
}
