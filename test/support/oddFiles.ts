import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns a path whose name is not UTF-8: `caf\xe9.csv` in Latin-1. */
export const latin1Path = (folder: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);

/**
 * Creates a folder called `name` that even root cannot read: its path is longer than the limit of the system.
 * Returns a function that removes the folder, which `rm` cannot.
 */
export function unreadableFolder(folder: string, name: string): () => void {
  const segment = 'x'.repeat(200);
  const deep = (top: string) => [top, ...Array.from({ length: 11 }, () => segment)].join('/');
  const [outer, inner] = [join(folder, name), join(folder, `${name}.inner`)];
  mkdirSync(deep(outer), { recursive: true });
  mkdirSync(deep(inner), { recursive: true });
  writeFileSync(`${deep(inner)}/lost.csv`, 'a\n1\n');
  const place = `${deep(outer)}/y`;
  renameSync(inner, place);
  return () => {
    renameSync(place, inner);
    rmSync(inner, { recursive: true });
    rmSync(outer, { recursive: true });
  };
}

/** Creates one of each kind of entry that is not a plain file, beside `plain.csv`, in an existing folder. */
export function oddFiles(folder: string): void {
  const at = (...path: string[]) => join(folder, ...path);
  writeFileSync(at('plain.csv'), 'a\n1\n');
  symlinkSync('plain.csv', at('link.csv'));
  symlinkSync('nowhere.csv', at('dangling.csv'));
  symlinkSync('loop.csv', at('loop.csv'));
  mkdirSync(at('real'));
  writeFileSync(at('real', 'inside.csv'), 'a\n1\n');
  symlinkSync('real', at('linked'));
  symlinkSync('..', at('real', 'up'));
  execFileSync('mkfifo', [at('pipe.csv')]);
  writeFileSync(latin1Path(folder, 'caf\xe9.csv'), 'a\n1\n');
  mkdirSync(latin1Path(folder, 'a\xf1o'));
  writeFileSync(latin1Path(folder, 'a\xf1o/in.csv'), 'a\n1\n');
  // A name that contains the replacement character is valid UTF-8.
  writeFileSync(at('caf\ufffd.csv'), 'a\n1\n');
}
