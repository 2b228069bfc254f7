// npm run bench:libraries [NAME …]: our own code beside libraries that could replace it, on the same seeded inputs.
// Without names, all comparisons run: cron, timeZones, globs, locks, canonicalJson, rates.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { bundleSize, installLibraries, loadTime } from './install.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const all = ['cron', 'timeZones', 'globs', 'locks', 'canonicalJson', 'rates'];
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.find((name) => !all.includes(name));
if (unknown !== undefined) throw new Error(`no comparison is called ${unknown}: use ${all.join(', ')}`);

ensureInstalled(say);
const require = createRequire(join(root, 'package.json'));
for (const name of names) {
  const { packages, compare } = await import(`./${name}.mjs`);
  const libraries = installLibraries(packages, say);
  try {
    say(`\n## ${name}\n\n| library | minified | gzip | CPU to load |\n| --- | --: | --: | --: |`);
    for (const each of packages) {
      const library = each.replace(/(?<=.)@[^@]*$/, '');
      const { minified, gzip } = await bundleSize(libraries.folder, library);
      const load = loadTime(libraries.folder, library);
      say(`| ${each} | ${minified.toFixed(1)} kB | ${gzip.toFixed(1)} kB | ${load.toFixed(0)} ms |`);
    }
    say('');
    await compare({ ...libraries, require, say });
  } finally {
    libraries.remove();
  }
}
