// node scripts/check-release.mjs TAG   fails if a tag, such as v0.3.0, differs from the version of a package or has no release notes
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/ensure-installed.mjs';
import { releaseNotes } from './release-notes.mjs';

const tag = process.argv[2] ?? '';
const version = tag.replace(/^v/, '');
const manifest = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
const folders = ['.', ...manifest('.').workspaces];

const problems = [
  ...(/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag) ? [] : [`the tag ${tag} is not of the form v1.2.3`]),
  ...folders.flatMap((folder) => {
    const { name, version: own } = manifest(folder);
    return own === version ? [] : [`${name} has version ${own}, the tag ${tag}`];
  }),
  ...(releaseNotes(version) ? [] : [`CHANGELOG.md has no section for ${version}`]),
];
for (const problem of problems) console.error(`error: ${problem}`);
if (problems.length > 0) {
  console.error('Follow "Release" in CONTRIBUTING.md, and push the tag again');
  process.exitCode = 1;
} else console.log(`${tag}: ${folders.length} packages have this version, and CHANGELOG.md describes it`);
