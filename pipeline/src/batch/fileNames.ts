import { matchesGlob } from '@etl/lib/glob';

/**
 * Returns whether a name is hidden: other programs keep files that begin with `_` or `.` beside their data, such as
 * `_SUCCESS` and `_temporary/`.
 */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => /^[_.]/.test(part) && !isDots(part));
}

/** Returns whether a segment is `.` or `..`. */
const isDots = (part: string): boolean => /^\.\.?$/.test(part);

/** Returns why a key cannot be passed to a program, with the remedy; undefined for a key that can be delivered. */
export function keyProblem(key: string): string | undefined {
  if (key.endsWith('/')) return 'its key ends in /, which programs treat as a folder: rename it';
  if (key.includes('\0'))
    return 'its key contains a NUL character, which an environment variable cannot hold: rename it';
  if (key.split('/').some(isDots)) {
    return 'its key has a . or .. segment, which programs resolve to another key: rename it';
  }
  return undefined;
}

/** Returns whether a file's name matches a glob. Without a glob: whether it is delimited text, plain or compressed. */
export function isNamed(name: string, glob: string | undefined): boolean {
  return glob === undefined ? /\.(csv|tsv|txt|psv|dat)(\.(gz|zst))?$/i.test(name) : matchesGlob(glob, name);
}
