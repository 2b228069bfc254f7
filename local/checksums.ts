import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirementsFolder } from './requirementsFolder';

/** Returns the SHA-256 of each file name that a list in `requirements/` records, as `sha256sum` writes it. */
function recorded(list: string): Map<string, string> {
  const lines = readFileSync(join(requirementsFolder, list), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/**
 * Checks the files of a folder that was fetched.
 * @throws Error for a file that the list does not record, or records with another checksum
 */
export function checkFiles(folder: string, list: string): void {
  const known = recorded(list);
  for (const name of readdirSync(folder)) {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    if (known.get(name) === hash) continue;
    throw new Error(
      `${name}: SHA-256 ${hash} is not the one in local/requirements/${list}. Find out why, and record it only if it is intended`,
    );
  }
}
