// node scripts/release-notes.mjs VERSION   prints the section of CHANGELOG.md for a version, such as 0.3.0 or v0.3.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/ensure-installed.mjs';

/** Returns the text below the heading of a version; undefined if there is no such heading. */
export function releaseNotes(version, changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')) {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((section) => section.startsWith(`${version} - `));
  return found?.slice(found.indexOf('\n')).trim();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const version = process.argv[2]?.replace(/^v/, '') ?? '';
  const notes = releaseNotes(version);
  if (notes) console.log(notes);
  else {
    console.error(`error: CHANGELOG.md has no section "## ${version} - YYYY-MM-DD", or it is empty`);
    console.error('Rename its section "Unreleased", and run: node scripts/release-notes.mjs VERSION');
    process.exitCode = 1;
  }
}
