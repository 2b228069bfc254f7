// Files that were fetched are used only if they are those that were recorded.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Name -> SHA-256 of the files that a list beside this file records, as `sha256sum` writes it. */
export function recorded(list) {
  const path = fileURLToPath(new URL(list, import.meta.url));
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** Throws when a file of the folder is not recorded in the list, or is another one. */
export function checkFiles(folder, list) {
  const known = recorded(list);
  for (const name of readdirSync(folder)) {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    if (known.get(name) !== hash) {
      throw new Error(
        `${name}: SHA-256 ${hash} is not the one in scripts/lib/${list}: find out why, and record it only if it is meant`,
      );
    }
  }
}
