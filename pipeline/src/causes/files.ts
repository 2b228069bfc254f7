import type { CauseRow } from './cause';

/** Errors of a file system. */
export const fileCauses: readonly CauseRow[] = [
  {
    codes: ['ENOENT'],
    kind: 'NotFound',
    sentence: 'the file does not exist',
    remedy: 'Correct the path',
  },
  {
    codes: ['ENOTDIR'],
    kind: 'NotFound',
    sentence: 'a parent of the path is a file, not a folder',
    remedy: 'Correct the path',
  },
  {
    codes: ['EISDIR'],
    kind: 'NotFound',
    sentence: 'it is a folder, not a file',
    remedy: 'Give the path of a file',
  },
  {
    codes: ['ENAMETOOLONG'],
    kind: 'NotFound',
    sentence: 'a name in the path is longer than the file system allows',
    remedy: 'Shorten the name',
  },
  {
    codes: ['ELOOP'],
    kind: 'NotFound',
    sentence: 'the path is a loop of symbolic links',
    remedy: 'Correct the links',
  },
  {
    codes: ['EACCES', 'EPERM'],
    kind: 'AccessDenied',
    sentence: 'the file system denies access',
    remedy: 'Grant this user access, or choose another path',
  },
  {
    codes: ['EROFS'],
    kind: 'ReadOnly',
    sentence: 'the file system is read-only',
    remedy: 'Choose a folder that can be written',
  },
  {
    codes: ['ENOSPC', 'EDQUOT'],
    kind: 'NoSpace',
    sentence: 'no space is left',
    remedy: 'Free some space, or give the task more ephemeral storage',
  },
  {
    codes: ['EMFILE', 'ENFILE'],
    kind: 'Unavailable',
    sentence: 'too many files are open',
    remedy: 'Raise the limit of open files (ulimit -n)',
  },
];
