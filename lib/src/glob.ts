import { starMatch } from './starMatch';

/**
 * Returns whether a name matches a glob: `*` matches any characters, `?` matches one, other characters match
 * themselves. Linear time for one `*`, at most the product of both lengths for any glob.
 */
export function matchesGlob(glob: string, name: string): boolean {
  return starMatch(
    [...glob],
    [...name],
    (token) => token === '*',
    (token, character) => token === '?' || token === character,
  );
}
